import { type JSONVisitor, printParseErrorCode, visit } from 'jsonc-parser';
import type { z } from 'zod';
import { formatPath } from '../../config/path.ts';
import { malformed } from './malformed.ts';

const maxDepth = 200;

/**
 * The JSON of a report, as far as `schema` describes it.
 * @throws KovaError REPORT_MALFORMED with the line of what is no JSON, or with line and path of what the schema refuses.
 */
export function readJson<S extends z.ZodType>(report: string, schema: S): z.output<S> {
  const text = report.startsWith('\uFEFF') ? report.slice(1) : report;
  refuseDepth(text);
  const result = schema.safeParse(parse(text));
  if (result.success) return result.data;
  const { path = [], message = 'is not as expected' } = result.error.issues[0] ?? {};
  throw malformed(lineOf(text, path), `${formatPath(path) || '(whole)'}: ${message}`);
}

const steps: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 };

/** Both parsers below recurse with the text. */
function refuseDepth(text: string): void {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] ?? '';
    if (char === '"') i = endOfString(text, i);
    depth += steps[char] ?? 0;
    if (depth > maxDepth) throw malformed(text.slice(0, i).split('\n').length, `nested deeper than ${maxDepth}`);
  }
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}

function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text[before - 1] === '\\') before -= 1;
  return (at - before) % 2 === 1;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const report: JSONVisitor = {
      onError: (code, _offset, _length, startLine) => {
        throw malformed(startLine + 1, `no JSON: ${inWords(printParseErrorCode(code))}`);
      },
    };
    visit(text, report, { disallowComments: true });
    throw malformed(1, `no JSON: ${(error as Error).message}`);
  }
}

/** `CloseBraceExpected` as `close brace expected`. */
function inWords(code: string): string {
  return code.replaceAll(/(?<!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}

/** The line where the value at `path` begins, or of the nearest that is there. */
function lineOf(text: string, path: readonly PropertyKey[]): number {
  let [line, depth] = [1, 0];
  const enter = (at: readonly PropertyKey[], startLine: number): boolean => {
    const onTheWay = at.length <= path.length && at.every((key, index) => key === path[index]);
    if (onTheWay && at.length >= depth) [line, depth] = [startLine + 1, at.length];
    return onTheWay;
  };
  // Without a callback for the end of what `enter` skips, jsonc-parser would skip all that follows as well.
  const leave = () => {};
  visit(text, {
    onObjectBegin: (_offset, _length, startLine, _character, pathOf) => enter(pathOf(), startLine),
    onObjectEnd: leave,
    onArrayBegin: (_offset, _length, startLine, _character, pathOf) => enter(pathOf(), startLine),
    onArrayEnd: leave,
    onLiteralValue: (_value, _offset, _length, startLine, _character, pathOf) => void enter(pathOf(), startLine),
  });
  return line;
}
