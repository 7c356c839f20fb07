import { constants, copyFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { KovaError } from '@kova/core/errors/kova-error';
import { detectApp } from '../init/detect.ts';
import { configText } from '../init/template.ts';
import { type Definition, documented } from './definition.ts';

export const initCommand: Definition = (program, cli, done) => {
  const command = program.command('init');
  documented(command, 'write kova.config.ts for the app in a directory', 'kova init', 'kova init ./shop --force');
  command
    .argument('[dir]', 'of the app', '.')
    .option('--force', 'overwrite a kova.config.ts that is there')
    .action(async (dir: string, { force = false }: { force?: boolean }) => {
      const directory = resolve(cli.cwd, dir);
      const app = await detectApp(directory);
      const file = join(directory, 'kova.config.ts');
      await write(file, configText(app), force);
      const files = [file];
      if (app.kind === 'static') {
        const server = join(directory, 'kova-static.mjs');
        await copyFile(new URL('../init/kova-static.mjs', import.meta.url), server, force ? 0 : constants.COPYFILE_EXCL)
          .then(() => files.push(server))
          .catch(keepExisting);
      }
      const { kind, name, warnings } = app;
      const steps = ['Next: git add kova.config.ts && git commit, then kova up, then kova ship'];
      if (kind === 'static') steps[0] = `${steps[0]?.replace('kova.config.ts', 'kova.config.ts kova-static.mjs')}`;
      const text = [
        `Wrote ${files.join(' and ')} (${kind} app "${name}").`,
        ...warnings.map((each) => `! ${each}`),
        ...steps,
      ];
      done({ view: { files, kind, name, warnings }, text: text.join('\n') });
    });
};

async function write(file: string, text: string, force: boolean): Promise<void> {
  await writeFile(file, text, { flag: force ? 'w' : 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    throw new KovaError('CONFLICT', `${file} is there already`, { next: 'Pass --force to overwrite it.' });
  });
}

function keepExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
