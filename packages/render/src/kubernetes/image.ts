import { KovaError } from '@kova/core/errors/kova-error';

const host = '[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\\d{1,5})?';
const component = '[a-z0-9]+(?:(?:\\.|_{1,2}|-+)[a-z0-9]+)*';
const tag = '[A-Za-z0-9_][A-Za-z0-9._-]{0,127}';

/** The grammar of distribution/reference, with a digest that must be there. */
const reference = new RegExp(`^(?:${host}/)?${component}(?:/${component})*(?::${tag})?@sha256:[0-9a-f]{64}$`);

/** An image that cannot change. @throws KovaError INPUT_INVALID when it is named by a tag, which can */
export function checkImage(image: string): string {
  if (reference.test(image)) return image;
  throw new KovaError('INPUT_INVALID', `${image} is no image by digest`, {
    next: 'Write registry/name@sha256:… with the digest that the registry gave for it; a tag may mean another image tomorrow.',
  });
}
