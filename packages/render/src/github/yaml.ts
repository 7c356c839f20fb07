import { Document, isPair, isScalar, visit } from 'yaml';
import { tagOf } from './actions.ts';

const header = ` Rendered by \`kova render github\` from kova.config.ts; do not edit.
 To render it again: kova render github. To see whether it has drifted: kova render github --check.`;

/** What older readers of YAML take for the end of a line, or for nothing: written as escapes, in double quotes. */
const breaking = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

/** The text of a workflow; each pinned action is followed by the tag that it was. */
export function workflowText(workflow: object): string {
  // Two objects that are the same one stay two: an anchor would only puzzle those who read.
  const document = new Document(workflow, { aliasDuplicateObjects: false });
  document.commentBefore = header;
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value === 'string' && scalar.value.search(breaking) >= 0) scalar.type = 'QUOTE_DOUBLE';
    },
    Pair(_, { key, value }) {
      if (!isScalar(key) || key.value !== 'uses' || !isScalar(value)) return;
      const tag = tagOf(String(value.value));
      if (tag) value.comment = ` ${tag}`;
    },
  });
  if (document.contents && 'items' in document.contents) {
    for (const item of document.contents.items.slice(1)) {
      if (isPair(item) && isScalar(item.key)) item.key.spaceBefore = true;
    }
  }
  const text = document.toString({ lineWidth: 0, singleQuote: true });
  return text.replaceAll(breaking, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
