import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { follow } from '../../../engine/progress.ts';

/** Loads an image with nothing in it that says to be made for `architecture`, in the form of `docker save`. */
export async function loadEmptyImage(engine: Docker, name: string, architecture: string): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'kova-image-'));
  try {
    const layer = Buffer.alloc(1024);
    const digest = createHash('sha256').update(layer).digest('hex');
    const config = {
      ...{ architecture, os: 'linux', config: { User: '1000' } },
      rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
    };
    await writeFile(join(directory, 'layer.tar'), layer);
    await writeFile(join(directory, 'config.json'), JSON.stringify(config));
    const manifest = [{ Config: 'config.json', RepoTags: [name], Layers: ['layer.tar'] }];
    await writeFile(join(directory, 'manifest.json'), JSON.stringify(manifest));
    const archive = execFileSync('tar', ['-cf', '-', '-C', directory, 'manifest.json', 'config.json', 'layer.tar']);
    const answer = await engine.loadImage(Readable.from([archive]));
    await follow(`loading ${name}`, answer);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
