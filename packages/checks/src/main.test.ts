import { expect, test } from 'vitest';
import { createProgram } from './program.ts';
import { directoryWith } from './testing/directory.ts';
import { kovaCheck } from './testing/kova-check.ts';

test('every check has a description and an example in its help', () => {
  let help = '';
  const writeOut = (text: string) => {
    help += text;
  };
  const { commands } = createProgram({ cwd: '/', env: {}, say: () => undefined });
  expect(commands.map((command) => command.name())).toContain('lighthouse');
  for (const command of commands) {
    help = '';
    command.configureOutput({ writeOut }).outputHelp();
    expect(help).toMatch(/Example:\n {2}\$ .*kova-check /);
    expect(command.description()).not.toBe('');
  }
});

test('bad usage is a check that broke', async () => {
  const cwd = directoryWith({});
  expect(await kovaCheck(['load', '--connections', '0'], { cwd })).toMatchObject({ code: 1, out: '' });
  expect((await kovaCheck(['--help'], { cwd })).code).toBe(0);
});

test('what cannot be checked ends with 3 and one last line that says why and what to do', async () => {
  const cwd = directoryWith({});
  const said = 'BASE_URL is not set; serve the app and set BASE_URL to its address\n';
  expect(await kovaCheck(['smoke'], { cwd })).toEqual({ code: 3, out: '', err: said });
  expect((await kovaCheck(['bundle'], { cwd })).code).toBe(3);
});
