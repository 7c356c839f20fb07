import type { Secret } from '@kova/core/secret';

/** Replaces every secret in a text, in whatever form it knows, by `[secret]`. */
export type Scrub = (text: string) => string;

const placeholder = '[secret]';
/** Shorter ones would be found in words that have nothing to do with them. */
const shortest = 4;
const shortestEncoded = 6;
/** The widths at which tools break base64 into lines. */
const widths = [76, 64];

/**
 * Knows the values line by line, as output comes by the line, and what they become in base64 (at any position in what
 * was encoded), in hexadecimal, and inside URLs, JSON and XML.
 */
export function createScrubber(secrets: Iterable<Secret>): Scrub {
  const pattern = patternOf(formsOf(secrets));
  return pattern ? (text) => text.replace(pattern, placeholder) : (text) => text;
}

/**
 * What tells secrets in the bytes of a file, read as latin1, and how many bytes the longest form of one has; null when
 * there are none.
 */
export function bytePattern(secrets: Iterable<Secret>): { pattern: RegExp; longest: number } | null {
  const forms = formsOf(secrets).map((form) => Buffer.from(form).toString('latin1'));
  const pattern = patternOf(forms);
  return pattern && { pattern, longest: Math.max(...forms.map(({ length }) => length)) };
}

/** Longest first, so that no tail of one is left. */
function patternOf(forms: string[]): RegExp | null {
  if (forms.length === 0) return null;
  const escaped = forms.toSorted((a, b) => b.length - a.length).map((form) => RegExp.escape(form));
  return new RegExp(escaped.join('|'), 'g');
}

function formsOf(secrets: Iterable<Secret>): string[] {
  const parts = [...secrets].flatMap((secret) => partsOf(secret.reveal()));
  return [...new Set(parts.flatMap((part) => [...(part.includes('\n') ? [] : [part]), ...encodings(part)]))];
}

/** A value as a whole, and each of its lines. */
function partsOf(value: string): string[] {
  const parts = [value, value.trim(), ...value.split('\n').map((line) => line.trim())];
  return parts.filter(({ length }) => length >= shortest);
}

function encodings(value: string): string[] {
  const bytes = Buffer.from(value);
  const forms = [...base64Forms(bytes), bytes.toString('hex'), ...urlForms(value), ...quotedForms(value)];
  return forms.filter(({ length }) => length >= shortestEncoded);
}

/** Three bytes are four characters: where a value begins among them decides which it becomes. */
function base64Forms(bytes: Buffer): string[] {
  const whole = bytes.toString('base64');
  const wrapped = widths.flatMap((width) => (whole.length > width ? slices(whole, width) : []));
  const shifted = [0, 1, 2].flatMap((shift) => {
    const from = Math.ceil((shift * 8) / 6);
    const to = Math.floor(((shift + bytes.length) * 8) / 6);
    const all = Buffer.concat([Buffer.alloc(shift), bytes]);
    return [all.toString('base64').slice(from, to), all.toString('base64url').slice(from, to)];
  });
  return [whole, ...wrapped, ...shifted];
}

function slices(text: string, width: number): string[] {
  const count = Math.ceil(text.length / width);
  return Array.from({ length: count }, (_, index) => text.slice(index * width, (index + 1) * width));
}

function urlForms(value: string): string[] {
  // A lone surrogate cannot be encoded.
  const encoded = encodeURIComponent(value.toWellFormed());
  const lower = encoded.replaceAll(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase());
  return [encoded, lower, new URLSearchParams([['', value]]).toString().slice(1)];
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

function quotedForms(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  const xml = value.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
  const text = value.replaceAll(/[&<>]/g, (character) => entities[character] ?? character);
  return value.includes('\n') ? [json] : [json, xml, text];
}
