import { SaxesParser } from 'saxes';
import { malformed } from './malformed.ts';

const maxDepth = 200;

export interface XmlVisitor {
  open(name: string, attributes: Readonly<Record<string, string>>, line: number): void;
  text(text: string): void;
  close(name: string): void;
}

/**
 * Walks through an XML document. Entities that a document declares itself are not known, so none can grow.
 * @throws KovaError REPORT_MALFORMED with the line of what is not well-formed.
 */
export function walkXml(text: string, visitor: XmlVisitor): void {
  const parser = new SaxesParser();
  let depth = 0;
  parser.on('error', (error) => {
    throw malformed(parser.line, `no XML: ${error.message.replace(/^\d+:\d+: /, '')}`);
  });
  parser.on('opentag', ({ name, attributes }) => {
    depth += 1;
    if (depth > maxDepth) throw malformed(parser.line, `nested deeper than ${maxDepth}`);
    visitor.open(name, attributes, parser.line);
  });
  parser.on('text', (part) => visitor.text(part));
  parser.on('cdata', (part) => visitor.text(part));
  parser.on('closetag', ({ name }) => {
    depth -= 1;
    visitor.close(name);
  });
  parser.write(text).close();
}
