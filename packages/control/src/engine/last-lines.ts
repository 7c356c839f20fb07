import type Docker from 'dockerode';
import { engineCall } from './explain.ts';
import { FrameReader } from './frames.ts';

/** The last lines of what a container has written, of both streams in the order that they came in; empty when none. */
export async function lastLinesOf(container: Docker.Container, name: string, count: number): Promise<string> {
  const log = await engineCall(`log of ${name}`, () =>
    container.logs({ stdout: true, stderr: true, timestamps: true, tail: count }),
  );
  return Buffer.concat(new FrameReader().push(log).map(({ bytes }) => bytes))
    .toString()
    .trim();
}
