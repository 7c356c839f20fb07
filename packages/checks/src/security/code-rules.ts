import type { Level, Rule } from './finding.ts';

const docs = 'https://github.com/eslint-community/eslint-plugin-security/blob/main/docs/rules';

const rule = (name: string, level: Level, description: string): [string, Rule & { level: Level }] => [
  `security/${name}`,
  { id: `security/${name}`, level, description, help: `${docs}/${name}.md` },
];

/**
 * The plug-in's rules with their weight here: an error is hardly ever meant, a warning is worth a look, a note is right
 * too seldom to stop anybody.
 */
export const codeRules: ReadonlyMap<string, Rule & { level: Level }> = new Map([
  rule('detect-bidi-characters', 'error', 'Text that reads otherwise than it runs'),
  rule('detect-invisible-characters', 'error', 'Characters in code that nobody sees'),
  rule('detect-eval-with-expression', 'error', 'Code that is made at run time'),
  rule('detect-new-buffer', 'error', 'A buffer that may hold old memory'),
  rule('detect-buffer-noassert', 'error', 'A read or write past a buffer'),
  rule('detect-disable-mustache-escape', 'error', 'Templates without escaping'),
  rule('detect-pseudoRandomBytes', 'error', 'Random numbers that can be guessed'),
  rule('detect-no-csrf-before-method-override', 'error', 'A method that is changed after it was checked'),
  rule('detect-unsafe-regex', 'warning', 'A pattern that may take for ever'),
  rule('detect-child-process', 'warning', 'A command that is made at run time'),
  rule('detect-possible-timing-attacks', 'warning', 'A comparison whose time tells the secret'),
  rule('detect-non-literal-require', 'warning', 'A module that is chosen at run time'),
  rule('detect-non-literal-regexp', 'note', 'A pattern that is made at run time'),
  rule('detect-non-literal-fs-filename', 'note', 'A file that is chosen at run time'),
  rule('detect-object-injection', 'note', 'A property that is chosen at run time'),
]);
