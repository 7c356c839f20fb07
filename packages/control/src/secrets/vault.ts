import { createHmac, hkdfSync } from 'node:crypto';
import { KovaError } from '@kova/core/errors/kova-error';
import type { GraphJob } from '@kova/core/pipeline/graph';
import type { Secret } from '@kova/core/secret';
import type { Seal } from '../home/seal.ts';
import type { Store } from '../store/connect.ts';
import { putSecret, secretsOf } from '../store/secrets.ts';

/** The secrets of projects: set by people, found by the jobs and environments that ask for them, shown to nobody. */
export interface Vault {
  set(project: string, name: string, value: Secret, by: string): Promise<void>;
  /**
   * The values of these names.
   * @throws KovaError SECRET_MISSING with who asks and the command that sets it; SECRET_UNREADABLE
   */
  open(project: string, asking: Asking): Promise<Record<string, Secret>>;
  /** For each job that asks for secrets a digest of their values, by which nobody can tell one. @throws as `open` */
  digests(project: string, graph: readonly GraphJob[]): Promise<Map<string, string>>;
}

export interface Asking {
  /** A job, an environment. */
  name: string;
  secrets: readonly string[];
}

export interface VaultOptions {
  db: Store;
  seal: Seal;
  /** Of the home. */
  key: Secret;
  /** Values that the machine gives, for names that the store does not have. */
  given: Readonly<Record<string, Secret>>;
}

export function createVault({ db, seal, key, given }: VaultOptions): Vault {
  const digestKey = Buffer.from(hkdfSync('sha256', key.reveal(), '', 'kova secret digest', 32));
  const open: Vault['open'] = async (project, { name: who, secrets }) => {
    if (secrets.length === 0) return {};
    const kept = new Map((await secretsOf(db, project)).map(({ name, sealed }) => [name, sealed]));
    const entries = secrets.map((name) => {
      const sealed = kept.get(name);
      const value = sealed === undefined ? given[name] : seal.open(sealed, contextOf(project, name));
      if (!value) throw missing(project, who, name);
      return [name, value] as const;
    });
    return Object.fromEntries(entries);
  };
  return {
    open,
    async set(project, name, value, by) {
      await putSecret(db, { project, name, sealed: seal.seal(value, contextOf(project, name)), setBy: by });
    },
    async digests(project, graph) {
      const digests = new Map<string, string>();
      for (const job of graph) {
        const values = Object.entries(await open(project, { name: job.name, secrets: job.job.secrets })).toSorted(
          ([a], [b]) => (a < b ? -1 : 1),
        );
        if (values.length === 0) continue;
        const text = JSON.stringify([project, values.map(([name, value]) => [name, value.reveal()])]);
        digests.set(job.name, createHmac('sha256', digestKey).update(text).digest('hex'));
      }
      return digests;
    },
  };
}

/** Of neither a project nor a name is a slash part. */
function contextOf(project: string, name: string): string {
  return `${project}/${name}`;
}

function missing(project: string, who: string, name: string): KovaError {
  const command = `kova secrets set ${name} --project ${project}`;
  return new KovaError(
    'SECRET_MISSING',
    `${who} needs the secret ${name}, which is not set; set it with \`${command}\``,
    {
      next: `Run \`${command}\`, then run it again.`,
    },
  );
}
