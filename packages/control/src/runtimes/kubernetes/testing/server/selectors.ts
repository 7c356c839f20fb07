import { fieldAt, type Stored } from './object.ts';

export type Selector = (object: Stored) => boolean;

/** Of `labelSelector` and `fieldSelector`, whose terms are `key=value`, joined by commas. */
export function selectorOf(labels: string | null, fields: string | null): Selector {
  const wantedLabels = termsOf(labels);
  const wantedFields = termsOf(fields);
  return (object) =>
    wantedLabels.every(([key, value]) => object.metadata.labels?.[key] === value) &&
    wantedFields.every(([path, value]) => fieldAt(object, path) === value);
}

function termsOf(text: string | null): [string, string][] {
  return (text ?? '')
    .split(',')
    .filter((term) => term !== '')
    .map((term) => {
      const at = term.indexOf('=');
      if (at < 0) throw new Error(`the stand-in understands no selector ${term}`);
      return [term.slice(0, at), term.slice(at + 1).replace(/^=/, '')];
    });
}
