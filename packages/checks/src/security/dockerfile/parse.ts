/** One instruction, its continued lines joined. */
export interface Instruction {
  /** In capitals: `FROM`. */
  name: string;
  /** What follows, flags such as `--from=build` included. */
  words: string;
  line: number;
  endLine: number;
}

/** What one FROM begins. */
export interface Stage {
  from: Instruction;
  /** Its name for later stages, in small letters. */
  alias: string | null;
  instructions: Instruction[];
}

export interface Dockerfile {
  /** ARGs before the first FROM. */
  globals: Instruction[];
  stages: Stage[];
}

/** Reads a Dockerfile as far as the rules need; what no builder would accept is no concern here. */
export function parseDockerfile(text: string): Dockerfile {
  const file: Dockerfile = { globals: [], stages: [] };
  for (const instruction of instructionsOf(text)) {
    const stage = file.stages.at(-1);
    if (instruction.name === 'FROM') file.stages.push(stageOf(instruction));
    else if (stage) stage.instructions.push(instruction);
    else file.globals.push(instruction);
  }
  return file;
}

function stageOf(from: Instruction): Stage {
  const alias = /\sAS\s+(\S+)\s*$/i.exec(from.words)?.[1]?.toLowerCase() ?? null;
  return { from, alias, instructions: [] };
}

function instructionsOf(text: string): Instruction[] {
  const lines = text.split(/\r?\n/);
  const continuation = /^#\s*escape\s*=\s*`/im.test(text) ? '`' : '\\';
  const found: Instruction[] = [];
  let start = lines.findIndex((line) => !isNothing(line));
  while (start >= 0) {
    const { whole, end: last } = joinLines(lines, start, continuation);
    const end = endOfHeredocs(lines, last, whole);
    const [, name = '', words = ''] = /^(\S+)\s*(.*)$/s.exec(whole) ?? [];
    found.push({ name: name.toUpperCase(), words, line: start + 1, endLine: end + 1 });
    start = lines.findIndex((line, index) => index > end && !isNothing(line));
  }
  return found;
}

/** Comments and empty lines between continued lines are left out, as builders do. */
function joinLines(lines: readonly string[], start: number, continuation: string): { whole: string; end: number } {
  let whole = '';
  for (let at = start; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').trim();
    if (isNothing(line)) continue;
    if (!line.endsWith(continuation)) return { whole: whole + line, end: at };
    whole += `${line.slice(0, -1)} `;
  }
  return { whole, end: lines.length - 1 };
}

const isNothing = (line = '') => /^\s*(?:#.*)?$/.test(line);

/** Of `RUN <<EOF` the lines up to EOF belong to it. */
function endOfHeredocs(lines: readonly string[], at: number, whole: string): number {
  if (!/^(?:RUN|COPY|ADD)\s/i.test(whole)) return at;
  let end = at;
  for (const [, mark = ''] of whole.matchAll(/<<-?["']?([A-Za-z_]\w*)["']?/g)) {
    const closing = lines.findIndex((line, index) => index > end && line.trim() === mark);
    if (closing > 0) end = closing;
  }
  return end;
}
