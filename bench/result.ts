/** One figure of a suite; `peerValue` and `ratio` come from the same run. */
export interface Figure {
  id: string;
  value: number | null;
  unit: string;
  peer: string | null;
  peerValue: number | null;
  /** value / peerValue. */
  ratio: number | null;
  samples: number;
  note: string;
  /** It should have been measured and was not. */
  failed?: true;
}

export function figure(id: string, value: number | null, unit: string, samples: number, note = ''): Figure {
  return { id, value: rounded(value), unit, peer: null, peerValue: null, ratio: null, samples, note };
}

/** A figure beside a peer; for ids that hold a ratio the value is the ratio itself. */
export function beside(
  id: string,
  own: number,
  peer: string,
  peerValue: number,
  unit: string,
  samples: number,
  note = '',
): Figure {
  const ratio = peerValue === 0 ? null : rounded(own / peerValue);
  const value = /vs_|ratio/.test(id) ? ratio : rounded(own);
  return { id, value, unit, peer, peerValue: rounded(peerValue), ratio, samples, note };
}

/** A part that could not be measured says why; it is no figure. */
export function failed(id: string, why: string): Figure {
  return { ...figure(id, null, '', 0, `failed: ${why}`), failed: true };
}

/** A peer that is not installed is said, never left out in silence. */
export function missing(id: string, peer: string, how: string): Figure {
  return { ...figure(id, null, '', 0, `${peer} is not installed: ${how}`), peer };
}

export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ id, value, unit, peer, peerValue, ratio, samples, note }) => [
    id,
    value === null ? 'not measured' : `${value} ${unit}`,
    peer === null ? '' : `${peer} ${peerValue ?? ''}`,
    ratio === null ? '' : `${ratio}×`,
    `n=${samples}`,
    note,
  ]);
  const head = ['figure', 'value', 'peer', 'ratio', 'n', 'note'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
