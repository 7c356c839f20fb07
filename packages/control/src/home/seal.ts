import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';

/** Keeps secrets where others may read them: in the store, and in its backups. */
export interface Seal {
  /**
   * @param context what the secret is for; it is opened with the same one only, so that none can take another's place
   */
  seal(text: Secret, context: string): string;
  /** @throws KovaError SECRET_UNREADABLE when it was sealed with another key or for another context, or was changed */
  open(sealed: string, context: string): Secret;
}

const algorithm = 'aes-256-gcm';
const format = 'v1.';
const nonceBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM, with a nonce of its own for each text. @param key of the home, of any length; what is used is derived
 * from it
 */
export function createSeal(key: Secret): Seal {
  const bytes = Buffer.from(hkdfSync('sha256', key.reveal(), '', 'kova seal', 32));
  return {
    seal(text, context) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, bytes, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([cipher.update(text.reveal(), 'utf8'), cipher.final()]);
      return format + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url');
    },
    open(sealed, context) {
      try {
        return new Secret(opened(bytes, sealed, context));
      } catch (cause) {
        throw new KovaError('SECRET_UNREADABLE', `the secret ${context} cannot be opened with the key of this home`, {
          cause,
        });
      }
    },
  };
}

function opened(key: Buffer, sealed: string, context: string): string {
  if (!sealed.startsWith(format)) throw new Error('it is in no known format');
  const bytes = Buffer.from(sealed.slice(format.length), 'base64url');
  const [nonce, tag] = [bytes.subarray(0, nonceBytes), bytes.subarray(nonceBytes, nonceBytes + tagBytes)];
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(context));
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes + tagBytes)), decipher.final()]).toString('utf8');
}
