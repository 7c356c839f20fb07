#!/usr/bin/env node
// Runs the command on the Node that the lockfile pins, whatever Node the machine has. Plain JavaScript for that reason.
import { spawn } from 'node:child_process';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const wanted = 24;

if (Number.parseInt(process.versions.node, 10) >= wanted) await run();
else runOn(pinnedNode());

async function run() {
  const { XDG_CACHE_HOME, HOME } = process.env;
  const caches = XDG_CACHE_HOME || (HOME && join(HOME, '.cache'));
  // What Node has compiled is the user's own: in a directory that all share, others could put something else there.
  if (caches) module.enableCompileCache(join(caches, 'kova'));
  await import('../src/main.ts');
}

function pinnedNode() {
  const name = `node-${process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), 'bin', 'node');
  } catch {
    console.error(`error: Kova needs Node ${wanted}; this is ${process.versions.node} and ${name} is not installed`);
    console.error(`→ Run \`npm ci\` in Kova's folder, or install Node ${wanted}.`);
    process.exit(1);
  }
}

function runOn(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // The terminal gives Ctrl-C to both; the child decides what to say and when to end.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    console.error(`error: ${node} cannot be run: ${error.message}`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}
