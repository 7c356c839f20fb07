import { constants, copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

export const envFile = '.env.local';
const template = '.env.example';

/** Makes the env file from its template when there is none; one that is there is never touched. Says what was done. */
export async function prepareEnvFile(project: string): Promise<string> {
  try {
    await copyFile(join(project, template), join(project, envFile), constants.COPYFILE_EXCL);
    return `${envFile} made from ${template}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return `${envFile} is there`;
    if (code === 'ENOENT') return `neither ${envFile} nor ${template}: none is needed`;
    throw error;
  }
}

/** The variables of the env file; none without one. */
export async function readEnvFile(project: string): Promise<Record<string, string>> {
  const text = await readFile(join(project, envFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return parseEnv(text) as Record<string, string>;
}
