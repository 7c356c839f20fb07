const notCode = /\/\/[^\n]*|\/\*[\s\S]*?\*\//;
const text = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/;
const key = /\bname["']?\s*:\s*["'`]([^"'`\n]*)["'`]|["']name["']\s*:\s*["'`]([^"'`\n]*)["'`]/;
const token = new RegExp(`${notCode.source}|${key.source}|${text.source}|[{}]`, 'g');

/**
 * The project's name as kova.config.ts states it, without running it: the first `name: '…'` that lies directly in
 * the object that is exported. Null when it is stated in another way.
 */
export function nameInConfig(source: string): string | null {
  const start = source.search(/defineConfig\s*\(|export\s+default/);
  let depth = 0;
  for (const match of source.slice(Math.max(start, 0)).matchAll(token)) {
    const [found, name = match[2]] = match;
    if (found === '{') depth += 1;
    else if (found === '}') depth -= 1;
    else if (name !== undefined && depth === 1) return name;
  }
  return null;
}
