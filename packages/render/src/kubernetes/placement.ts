import { type Colour, otherColour } from '@kova/core/environment/slot';
import { KovaError } from '@kova/core/errors/kova-error';
import type { SuiteOption, SuiteValues } from '../suite.ts';
import { checkImage } from './image.ts';

/** What one slot shall run at this moment. */
export interface PlacedSlot {
  colour: Colour;
  /** Empty when none was given: the API server refuses that. */
  image: string;
  /** Share of the requests in percent; those of both slots sum to 100. */
  weight: number;
  /** Whether it has instances. */
  runs: boolean;
}

export const placementOptions: readonly SuiteOption[] = [
  { name: 'image', value: 'reference', about: 'registry/name@sha256:…, what the slot runs', momentary: true },
  { name: 'slot', value: 'colour', about: 'which slot runs it: blue or green; default blue', momentary: true },
  {
    name: 'previous',
    value: 'reference',
    about: 'what the other slot runs; default: it runs nothing',
    momentary: true,
  },
  { name: 'weight', value: 'percent', about: 'share of the requests for the slot; default 100', momentary: true },
];

/** Both slots, blue first. @throws KovaError INPUT_INVALID */
export function placementOf(values: SuiteValues): PlacedSlot[] {
  const colour = checkColour(values.slot ?? 'blue');
  const image = values.image === undefined ? '' : checkImage(values.image);
  const previous = values.previous === undefined ? null : checkImage(values.previous);
  const weight = checkWeight(values.weight ?? '100');
  if (weight < 100 && previous === null) {
    const message = `--weight ${weight} leaves ${100 - weight} percent to a slot that runs nothing`;
    throw new KovaError('INPUT_INVALID', message, { next: 'Say with --previous what the other slot runs.' });
  }
  const slots = [
    { colour, image, weight, runs: true },
    { colour: otherColour(colour), image: previous ?? image, weight: 100 - weight, runs: previous !== null },
  ];
  return slots.sort((a, b) => (a.colour < b.colour ? -1 : 1));
}

function checkColour(text: string): Colour {
  if (text === 'blue' || text === 'green') return text;
  throw new KovaError('INPUT_INVALID', `--slot ${text} is no slot`, { next: 'Write blue or green.' });
}

function checkWeight(text: string): number {
  const weight = Number(text);
  if (/^\d{1,3}$/.test(text) && weight <= 100) return weight;
  throw new KovaError('INPUT_INVALID', `--weight ${text} is no percentage`, { next: 'Write a number from 0 to 100.' });
}
