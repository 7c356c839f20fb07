import type { Obtain } from '../source.ts';
import { issue, localAuthority } from './authority.ts';

export const fromLocalAuthority: Obtain<'local'> = async ({ home }, { hosts }) =>
  issue(await localAuthority(home), hosts);
