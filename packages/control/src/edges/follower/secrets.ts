import { keyPairSchema } from '@kova/core/traffic/certificate';
import type { EdgeAdmin } from '@kova/edge/admin-client';
import { z } from 'zod';
import type { Seal } from '../../home/seal.ts';
import type { Store } from '../../store/connect.ts';
import { type EdgeSecretKind, secretKey } from '../../store/edge-report.ts';
import { type EdgeSecretDigest, type EdgeSecretId, edgeSecrets, sealedEdgeSecret } from '../../store/edge-secrets.ts';

interface Way {
  put(admin: EdgeAdmin, name: string, content: unknown): Promise<unknown>;
  remove(admin: EdgeAdmin, name: string): Promise<void>;
}

const httpAnswer = z.strictObject({ keyAuthorization: z.string() });
const alpnAnswer = z.strictObject({ chain: z.string(), key: z.string() });

const ways: Readonly<Record<EdgeSecretKind, Way>> = {
  certificate: {
    put: (admin, name, content) => admin.putCertificate(name, keyPairSchema.parse(content)),
    remove: (admin, name) => admin.removeCertificate(name),
  },
  'http-challenge': {
    put: (admin, name, content) => admin.putHttpChallenge(name, httpAnswer.parse(content).keyAuthorization),
    remove: (admin, name) => admin.removeHttpChallenge(name),
  },
  'alpn-challenge': {
    put: (admin, name, content) => admin.putAlpnChallenge(name, alpnAnswer.parse(content)),
    remove: (admin, name) => admin.removeAlpnChallenge(name),
  },
};

export interface SecretsParts {
  db: Store;
  admin: EdgeAdmin;
  /** Null where it was given no key. */
  seal: Seal | null;
}

/** The certificates and answers to authorities that the edge has by this process. */
export class FollowedSecrets {
  readonly #parts: SecretsParts;
  #inForce = new Map<string, EdgeSecretDigest>();

  constructor(parts: SecretsParts) {
    this.#parts = parts;
  }

  /** The edge has begun anew: it has its certificates still, but no answers. */
  forget(): void {
    this.#inForce = new Map();
  }

  digests(): Record<string, string> {
    return Object.fromEntries([...this.#inForce].map(([key, { digest }]) => [key, digest]));
  }

  /** Gives the edge what is recorded, and takes back what is no more. @returns why it lacks some of it */
  async bring(): Promise<string[]> {
    const { db, seal } = this.#parts;
    const wanted = await edgeSecrets(db);
    await this.#takeBack(new Set(wanted.map(secretKey)));
    const missing = wanted.filter((secret) => this.#inForce.get(secretKey(secret))?.digest !== secret.digest);
    if (missing.length === 0) return [];
    if (!seal) return ['certificates cannot be opened: KOVA_EDGE_KEY_FILE is not set'];
    const problems: string[] = [];
    for (const secret of missing) {
      await this.#put(secret, seal).catch((error: Error) => problems.push(`${secretKey(secret)}: ${error.message}`));
    }
    return problems;
  }

  async #put(secret: EdgeSecretDigest, seal: Seal): Promise<void> {
    const { db, admin } = this.#parts;
    const sealed = await sealedEdgeSecret(db, secret);
    if (sealed === null) return;
    const key = secretKey(secret);
    const content: unknown = JSON.parse(seal.open(sealed, key).reveal());
    await ways[secret.kind].put(admin, secret.name, content);
    this.#inForce.set(key, secret);
  }

  async #takeBack(wanted: ReadonlySet<string>): Promise<void> {
    const { admin } = this.#parts;
    const certificates = (await admin.certificates()).map(({ id }) => ({ kind: 'certificate' as const, name: id }));
    const there: EdgeSecretId[] = [...certificates, ...this.#inForce.values()];
    for (const secret of there.filter((each) => !wanted.has(secretKey(each)))) {
      await ways[secret.kind].remove(admin, secret.name);
      this.#inForce.delete(secretKey(secret));
    }
  }
}
