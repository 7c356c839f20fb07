import { expect, test } from 'vitest';
import { type Delivery, median, scorecard } from './delivery.ts';

const hour = 3_600_000;
const at = (h: number) => new Date(Date.UTC(2026, 0, 1) + h * hour);

function delivery(overrides: Partial<Delivery>): Delivery {
  const whole = {
    deployment: 'd',
    commit: 'c',
    kind: 'deploy' as const,
    committedAt: at(0),
    liveAt: at(2),
    trafficAt: at(1),
  };
  return { ...whole, failed: false, recoveredAt: null, ...overrides };
}

test('a rollback is the remedy, not a change: after V1, V2, V3, V1 two of three changes stand', () => {
  const ledger = [
    delivery({ deployment: 'V1' }),
    delivery({ deployment: 'V2', failed: true, trafficAt: at(3), recoveredAt: at(3.5) }),
    delivery({ deployment: 'V3', trafficAt: at(5) }),
    delivery({ deployment: 'V1 again', kind: 'rollback', trafficAt: at(3.5) }),
  ];
  const card = scorecard(ledger, at(0), at(24));
  expect(card.deployments).toBe(3);
  expect(card.changeFailRate).toEqual({ rate: 1 / 3, n: 3 });
  expect(card.recoveryTime).toEqual({ ms: hour / 2, n: 1 });
});

test('no data is null, never zero', () => {
  const card = scorecard([], at(0), at(24));
  expect([card.leadTime.ms, card.changeFailRate.rate, card.recoveryTime.ms]).toEqual([null, null, null]);
});

test('the median interpolates', () => {
  expect(median([1, 2, 3, 10])).toEqual({ ms: 2.5, n: 4 });
});
