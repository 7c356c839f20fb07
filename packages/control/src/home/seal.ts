import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { KovaError } from '@kova/core/errors/kova-error';
import { Secret } from '@kova/core/secret';
import { tokenIn } from './token.ts';

/** Closes secrets so that they can lie in the store, and opens them again; with a key that lies in the home alone. */
export interface Seal {
  /** @param about what it belongs to, such as `repositories/shop/token`: it opens for nothing else */
  close(secret: Secret, about: string): string;
  /** @throws KovaError SEAL_UNREADABLE */
  open(sealed: string, about: string): Secret;
}

const algorithm = 'aes-256-gcm';
const version = 'v1';
const nonceBytes = 12;
const tagBytes = 16;

/** AES-256-GCM with the key `<keys>/seal-key`, which is made the first time. A sealed text is `v1.<nonce, text and tag>`. */
export async function openSeal(keys: string): Promise<Seal> {
  const key = Buffer.from((await tokenIn(keys, 'seal-key')).reveal(), 'base64url');
  return {
    close(secret, about) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(about));
      const text = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()]);
      return `${version}.${Buffer.concat([nonce, text, cipher.getAuthTag()]).toString('base64url')}`;
    },
    open(sealed, about) {
      try {
        return new Secret(decipher(key, sealed, about));
      } catch (cause) {
        throw new KovaError('SEAL_UNREADABLE', `what is sealed for ${about} does not open with the key of this home`, {
          cause,
        });
      }
    },
  };
}

function decipher(key: Buffer, sealed: string, about: string): string {
  const [format, body = ''] = sealed.split('.');
  if (format !== version) throw new Error(`it is not sealed as ${version}`);
  const bytes = Buffer.from(body, 'base64url');
  const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-tagBytes));
  return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8');
}
