import { Secret } from '@kova/core/secret';
import type { Seal } from '../home/seal.ts';
import type { Store } from '../store/connect.ts';
import { secretKey } from '../store/edge-report.ts';
import {
  type EdgeSecretDigest,
  type EdgeSecretId,
  edgeSecrets,
  putEdgeSecret,
  removeEdgeSecret,
} from '../store/edge-secrets.ts';
import type { Followers } from './followers.ts';

/** What edges that follow are given sealed, through the store; nothing is written there while none does. */
export class SharedSecrets {
  readonly #db: Store;
  readonly #seal: Seal;
  readonly #followers: Followers;

  /** @param seal which edges open as well */
  constructor({ db, seal, followers }: { db: Store; seal: Seal; followers: Followers }) {
    this.#db = db;
    this.#seal = seal;
    this.#followers = followers;
  }

  /** Returns when all that live have it. Idempotent. @throws KovaError EDGE_UNAVAILABLE */
  async give(secret: EdgeSecretDigest, content: object, patienceMs: number): Promise<void> {
    if ((await this.#followers.all()).length === 0) return;
    const key = secretKey(secret);
    const sealed = this.#seal.seal(new Secret(JSON.stringify(content)), key);
    await putEdgeSecret(this.#db, { ...secret, sealed });
    this.#followers.wake();
    await this.#followers.settled(({ secrets }) => secrets[key] === secret.digest, key, patienceMs);
  }

  /** They see to it when they can. Idempotent. */
  async takeBack(secret: EdgeSecretId): Promise<void> {
    await removeEdgeSecret(this.#db, secret);
    this.#followers.wake();
  }

  /** Whether those that follow get it; with none there is nothing to be given. */
  async haveAll(secrets: readonly EdgeSecretDigest[]): Promise<boolean[]> {
    if ((await this.#followers.all()).length === 0) return secrets.map(() => true);
    const given = new Map((await edgeSecrets(this.#db)).map((each) => [secretKey(each), each.digest]));
    return secrets.map((secret) => given.get(secretKey(secret)) === secret.digest);
  }
}
