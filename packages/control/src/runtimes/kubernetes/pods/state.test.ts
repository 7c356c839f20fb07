import type { V1ContainerState, V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { isHopeless, restartsOf, stateOf } from './state.ts';

const started = new Date('2026-01-01T00:00:00Z');
const ended = (reason: string, exitCode: number, ranMs = 1000) => ({
  terminated: { reason, exitCode, startedAt: started, finishedAt: new Date(started.getTime() + ranMs) },
});

function podIn(
  state: V1ContainerState,
  overrides: { last?: V1ContainerState; restarts?: number; ready?: boolean } = {},
): V1Pod {
  const { last, restarts = 0, ready = false } = overrides;
  return {
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      containerStatuses: [
        {
          name: 'app',
          image: '',
          imageID: '',
          ready,
          restartCount: restarts,
          state,
          ...(last ? { lastState: last } : {}),
        },
      ],
    },
  };
}

const running = { running: { startedAt: started } };
const backOff = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting' } };

test.each<[string, V1Pod, { state: string; reason: string }]>([
  ['new', {}, { state: 'starting', reason: 'it is being placed on a machine' }],
  ['pulling', podIn({ waiting: { reason: 'ContainerCreating' } }), { state: 'starting', reason: 'ContainerCreating' }],
  ['running', podIn(running), { state: 'starting', reason: 'it runs and is not ready yet' }],
  [
    'running again',
    podIn(running, { last: ended('OOMKilled', 137), restarts: 1 }),
    { state: 'starting', reason: 'it runs and is not ready yet; before, it was killed for its memory (OOMKilled)' },
  ],
  ['ready', podIn(running, { ready: true }), { state: 'ready', reason: 'its health path answers' }],
  ['ended once', podIn(ended('Error', 3)), { state: 'backing-off', reason: 'it exited with 3; it is started again' }],
  [
    'ended twice',
    podIn(backOff, { last: ended('Error', 3), restarts: 2 }),
    { state: 'backing-off', reason: 'it exited with 3; it is started again' },
  ],
  [
    'in a crash loop',
    podIn(backOff, { last: ended('Error', 3), restarts: 3 }),
    { state: 'crash-looped', reason: 'it ended 3 times; the last time it exited with 3' },
  ],
  [
    'ended after a long time, and had ended before',
    podIn(backOff, { last: ended('Error', 1, 3_600_000), restarts: 9 }),
    { state: 'backing-off', reason: 'it exited with 1; it is started again' },
  ],
  [
    'without a secret',
    podIn({ waiting: { reason: 'CreateContainerConfigError', message: 'secret "app-secrets" not found' } }),
    { state: 'backing-off', reason: 'CreateContainerConfigError: secret "app-secrets" not found' },
  ],
  ['told to end', { metadata: { deletionTimestamp: started } }, { state: 'stopping', reason: 'it was told to end' }],
  [
    'evicted',
    { status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' } },
    { state: 'stopped', reason: 'Evicted: The node was low on resource: memory.' },
  ],
])('a pod that is %s', (_, pod, expected) => {
  expect(stateOf(pod)).toEqual(expected);
});

test('only what cannot mend itself is hopeless', () => {
  const hopeless = (pod: V1Pod) => isHopeless(stateOf(pod));
  expect(hopeless(podIn(backOff, { last: ended('Error', 3), restarts: 3 }))).toBe(true);
  expect(hopeless(podIn({ waiting: { reason: 'InvalidImageName' } }))).toBe(true);
  expect(hopeless(podIn({ waiting: { reason: 'ImagePullBackOff' } }))).toBe(false);
  expect(hopeless(podIn(backOff, { last: ended('Error', 3), restarts: 2 }))).toBe(false);
  expect(restartsOf(podIn(running, { restarts: 2 }))).toBe(2);
});
