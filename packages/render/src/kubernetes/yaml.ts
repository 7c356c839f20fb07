import { Document, isScalar, visit } from 'yaml';

const header = `# Rendered by \`kova render kubernetes\` from kova.config.ts; do not edit.
# To render it again: kova render kubernetes. To apply a release:
#   kova render kubernetes --environment ENVIRONMENT --image IMAGE@sha256:DIGEST --stdout | kubectl apply --server-side -f -
`;

/** One text with a document an object. What stands after it, in the same form, joins it. */
export function manifestText(objects: readonly object[]): string {
  return header + objects.map((object) => `---\n${documentText(object)}`).join('');
}

function documentText(object: object): string {
  const document = new Document(object, { aliasDuplicateObjects: false, version: '1.1' });
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== 'image' || !isScalar(value) || value.value !== '') return;
      value.comment = ' given by --image; without one the API server refuses this';
    },
  });
  return document.toString({ lineWidth: 0, singleQuote: true });
}
