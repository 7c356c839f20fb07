import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';

/** The version of an installed package, as tools name themselves in reports. */
export function versionOf(name: string): string {
  const manifest = findPackageJSON(name, import.meta.url);
  return manifest ? JSON.parse(readFileSync(manifest, 'utf8')).version : 'unknown';
}
