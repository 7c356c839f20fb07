import type { EdgeView, StatusView } from '@kova/control/api';
import { formatDuration } from '@kova/core/config/duration';
import { plain, renderTable } from './table.ts';

const headers = ['EDGE', 'ADDRESS', 'STATE', 'HEARD OF', 'LACKS'];

/** A table of the edge of the home and those that follow it, and below it what ails them. */
export function edgeTable({ edge, edges }: Pick<StatusView, 'edge' | 'edges'>): string {
  const own = ['(of the control plane)', edge, '–', '–', '–'];
  return [renderTable(headers, [own, ...edges.map(row)]), ...edges.flatMap(warning)].join('\n');
}

function row({ name, address, state, silentMs, behind }: EdgeView): string[] {
  return [name, address, state.replace('-', ' '), `${ago(silentMs)} ago`, behind.join(', ') || '–'];
}

function warning({ name, address, state, problem, silentMs, heardAt }: EdgeView): string[] {
  if (state === 'in-line') return [];
  const why = problem === null ? '' : `: ${plain(problem)}`;
  if (state === 'behind') return [`warning: edge ${name} is behind${why}`];
  return [`warning: edge ${name} at ${address} is lost, last heard of ${ago(silentMs)} ago (${heardAt})${why}`];
}

function ago(ms: number): string {
  return formatDuration(Math.floor(ms / 1000) * 1000).replace(/^0 ms$/, '0 s');
}
