import { execFileSync } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AppVersion } from './app.ts';
import { commitVersion } from './app.ts';
import type { TestKova } from './kova.ts';

/** What GitHub would send. */
export interface Message {
  event: string;
  body: string;
  delivery: string;
  signature: string;
}

/** A bare repository that people push to, and what its provider would tell Kova of it. */
export class TestRemote {
  readonly kova: TestKova;
  readonly path: string;
  readonly url: string;
  secret = '';

  constructor(kova: TestKova) {
    this.kova = kova;
    this.path = join(kova.home, `remote-${randomUUID()}.git`);
    this.url = `file://${this.path}`;
    execFileSync('git', ['init', '-q', '--bare', '-b', 'main', this.path]);
  }

  /** Commits a version and pushes it. */
  push(version: AppVersion, ref = 'refs/heads/main'): string {
    const commit = commitVersion(this.kova.repository, version);
    this.#git('push', '-q', '-f', this.path, `${commit}:${ref}`);
    return commit;
  }

  /** Moves a ref to a commit that is there. */
  move(commit: string, ref = 'refs/heads/main'): void {
    execFileSync('git', ['--git-dir', this.path, 'update-ref', ref, commit]);
  }

  async connect(wish: object = {}): Promise<void> {
    const body = { url: this.url, provider: 'github', ...wish };
    const { secret } = await this.kova.call<{ secret: string }>('POST', '/v1/projects/shop/repository', body);
    this.secret = secret;
  }

  pushed(commit: string, ref = 'refs/heads/main'): Message {
    return this.message('push', { ref, after: commit, before: '0'.repeat(40), repository: { pushed_at: Date.now() } });
  }

  pullRequest(commit: string, number: number, { fork = false } = {}): Message {
    const pull_request = { head: { sha: commit, repo: { id: fork ? 2 : 1 } }, base: { repo: { id: 1 } } };
    return this.message('pull_request', { action: 'synchronize', number, pull_request });
  }

  /** Signed as GitHub's documentation says, apart from what Kova does to check it. */
  message(event: string, payload: object): Message {
    const body = JSON.stringify(payload);
    const signature = `sha256=${createHmac('sha256', this.secret).update(body).digest('hex')}`;
    return { event, body, delivery: randomUUID(), signature };
  }

  async deliver(
    { event, body, delivery, signature }: Message,
    path = '/hooks/github/shop',
  ): Promise<{ status: number; trigger: string | null; said: string; code?: string; message?: string }> {
    const answer = await fetch(this.kova.control.url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': event,
        'x-github-delivery': delivery,
        'x-hub-signature-256': signature,
      },
      body,
    });
    return { status: answer.status, ...((await answer.json()) as { trigger: string; said: string }) };
  }

  #git(...args: string[]): void {
    execFileSync('git', ['-C', this.kova.repository, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  }
}
