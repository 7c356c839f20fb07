// Runs in a process of its own, with limits and without rights: `node reader.ts <workspace> <reports as JSON>`.
// Says on its output which files it is at, and writes what they hold, or what is wrong with them, to file descriptor 3.
import { writeFileSync } from 'node:fs';
import { reportOf } from '@kova/core/errors/kova-error';
import type { ReaderAnswer } from './answer.ts';
import { readInside } from './inside.ts';

const longestNames = 1000;
const [workspace = '', reports = '[]'] = process.argv.slice(2);

async function answer(): Promise<ReaderAnswer> {
  try {
    const begin = (files: string) => console.info(JSON.stringify(files.slice(0, longestNames)));
    return { evidence: await readInside(workspace, JSON.parse(reports), begin) };
  } catch (error) {
    return { error: reportOf(error) };
  }
}

writeFileSync(3, JSON.stringify(await answer()));
