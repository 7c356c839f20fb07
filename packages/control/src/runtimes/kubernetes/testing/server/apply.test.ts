import { expect, test } from 'vitest';
import { applyFields, type Managers } from './apply.ts';

const pod = (containers: object[], labels: Record<string, string> = {}) => ({
  metadata: { labels },
  spec: { containers },
});

test('fields that a manager gives are its own; those it gives no more are removed, those of others stay', () => {
  const managers: Managers = new Map();
  const one = applyFields(
    {},
    pod([{ name: 'app', image: 'a', args: ['x', 'y'] }], { a: '1' }),
    managers,
    'kova',
    false,
  );
  const two = applyFields(one, { metadata: { labels: { b: '2' } } }, managers, 'other', false);
  const three = applyFields(two, pod([{ name: 'app', image: 'b' }]), managers, 'kova', false);
  expect(three).toEqual({ metadata: { labels: { b: '2' } }, spec: { containers: [{ name: 'app', image: 'b' }] } });
});

test('items of a list are told apart by their keys, and keep those that others have added', () => {
  const managers: Managers = new Map();
  const one = applyFields({}, pod([{ name: 'app', image: 'a' }]), managers, 'kova', false);
  const two = applyFields(one, pod([{ name: 'mesh', image: 'm' }]), managers, 'mesh', false);
  const three = applyFields(two, pod([{ name: 'app', image: 'b' }]), managers, 'kova', false);
  expect(three).toMatchObject({
    spec: {
      containers: [
        { name: 'app', image: 'b' },
        { name: 'mesh', image: 'm' },
      ],
    },
  });
});

test('a field of another manager is a conflict, and taken over by force', () => {
  const managers: Managers = new Map();
  const one = applyFields({}, { spec: { replicas: 1 } }, managers, 'other', false);
  expect(() => applyFields(one, { spec: { replicas: 2 } }, managers, 'kova', false)).toThrow(
    'conflict with "other": /spec/replicas',
  );
  expect(applyFields(one, { spec: { replicas: 2 } }, managers, 'kova', true)).toEqual({ spec: { replicas: 2 } });
  expect(managers.get('other')?.size).toBe(0);
});
