#!/usr/bin/env node
// Runs the command on the Node that the lockfile pins, whatever Node the machine has. Plain JavaScript for that reason.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const wanted = 24;
const main = new URL('../src/main.ts', import.meta.url);

if (Number.parseInt(process.versions.node, 10) >= wanted) await import(main.href);
else runOn(pinnedNode());

function pinnedNode() {
  const name = `node-${process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), 'bin', 'node');
  } catch {
    console.error(
      `error: kova-check needs Node ${wanted}; this is ${process.versions.node} and ${name} is not installed`,
    );
    console.error(`→ Run \`npm ci\` in Kova's folder, or install Node ${wanted}.`);
    process.exit(1);
  }
}

function runOn(node) {
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
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
