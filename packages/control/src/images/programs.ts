import { open, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** Platforms by the machine that the header of a program names: "e_machine" of the System V ABI, chapter 4. */
const platforms: Readonly<Record<number, string>> = { 62: 'linux/amd64', 183: 'linux/arm64' };
const magic = Buffer.from([0x7f, 0x45, 0x4c, 0x46]);
const headerBytes = 20;
const machineOffset = 18;

/** For which platforms there are programs or libraries below a directory, each with the path of one of them. */
export async function programsIn(directory: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const platform = await platformOf(path);
    if (platform) found[platform] ??= relative(directory, path);
  }
  return found;
}

/** Null for what is no program. */
async function platformOf(path: string): Promise<string | null> {
  const file = await open(path);
  try {
    const header = Buffer.alloc(headerBytes);
    const { bytesRead } = await file.read(header, 0, headerBytes, 0);
    if (bytesRead < headerBytes || !header.subarray(0, magic.length).equals(magic)) return null;
    return platforms[header.readUInt16LE(machineOffset)] ?? null;
  } finally {
    await file.close();
  }
}
