import { stopHome } from '@kova/control/stop';
import { TestKova } from '../../e2e/testing/kova.ts';
import { type Figure, figure } from '../result.ts';

/** A Kova with a new home, and how long that took. */
export async function firstUp(): Promise<{ kova: TestKova; first: Figure }> {
  const began = performance.now();
  const kova = await TestKova.start();
  const note = 'a new home: databases, keys and the copied toolchain are made';
  return { kova, first: figure('ship.up_first_ms', performance.now() - began, 'ms', 1, note) };
}

/** Time to ready with an existing home: from nothing at all, and of the control plane alone. */
export async function up(kova: TestKova, runs: number): Promise<Figure[]> {
  const all: number[] = [];
  const alone: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await stopHome({ env: kova.env });
    all.push(await timed(() => kova.up()));
    kova.killControl();
    alone.push(await timed(() => kova.up()));
  }
  return [
    figure('ship.up_ms', Math.max(...all), 'ms', runs, 'worst; Postgres, edge and control plane were stopped'),
    figure('ship.up_control_ms', Math.max(...alone), 'ms', runs, 'worst; Postgres and edge ran, after kill -9'),
  ];
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
