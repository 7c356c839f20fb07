import type { PlanView } from '@kova/control/api';
import { plain } from './table.ts';

type PlannedEnvironment = PlanView['environments'][number];
type PlannedChange = PlannedEnvironment['changes'][number];

const signs: Readonly<Record<PlannedChange['kind'], string>> = { add: '+', change: '~', remove: '-' };
const marks: Readonly<Record<PlannedEnvironment['deed'], string>> = {
  none: '=',
  create: '+',
  direct: '~',
  deployment: '~',
  keep: '?',
  blocked: '!',
};

/** A plan for people: what would change in each environment, why, and what that does to those who use the app. */
export function planText({ project, commit, environments, pending }: PlanView): string {
  const title = `${project}: the configuration of commit ${commit.slice(0, 10)} against what runs`;
  const end = pending ? summary(environments) : 'Nothing to apply: all that can be is as that commit says.';
  return [title, ...environments.map(environmentText), end].join('\n\n');
}

function environmentText(environment: PlannedEnvironment): string {
  const { name, deed, reason, release, configCommit, atWork, changes, later, drift } = environment;
  const now = release ? `  ${release}, configuration of ${configCommit?.slice(0, 10)}` : '';
  const work = atWork ? [`    ! ${atWork} is at work; nothing is applied before it has ended`] : [];
  return [
    `${marks[deed]} ${name}${now}`,
    ...changeLines(changes),
    ...drift.map(({ found, mend }) => `    ! drift: ${plain(found)}; ${plain(mend)}`),
    ...work,
    `    → ${plain(reason)}`,
    ...(later.length > 0 ? ['    with the next release:', ...changeLines(later, false)] : []),
  ].join('\n');
}

/** `~ instances  2 → 3  the same release starts anew …`, in columns. */
function changeLines(changes: readonly PlannedChange[], withEffect = true): string[] {
  const cells = changes.map(({ kind, path, before, after, effect }) => {
    return { start: `${signs[kind]} ${plain(path)}`, values: values(before, after), effect: withEffect ? effect : '' };
  });
  const widest = (key: 'start' | 'values') => Math.max(0, ...cells.map((cell) => Math.min(cell[key].length, 40)));
  const [left, middle] = [widest('start'), widest('values')];
  return cells.map(({ start, values: told, effect }) =>
    `    ${start.padEnd(left)}  ${told.padEnd(middle)}  ${effect}`.trimEnd(),
  );
}

function values(before: string | null, after: string | null): string {
  if (before === null) return plain(after ?? '');
  if (after === null) return plain(before);
  return before === after ? `${plain(after)}, changed` : `${plain(before)} → ${plain(after)}`;
}

const doings: Partial<Record<PlannedEnvironment['deed'], string>> = {
  create: 'to create',
  direct: 'to change directly',
  deployment: 'to deploy anew',
  blocked: 'blocked',
};

function summary(environments: readonly PlannedEnvironment[]): string {
  const parts = Object.entries(doings).flatMap(([deed, doing]) => {
    const count = environments.filter((each) => each.deed === deed).length;
    return count > 0 ? [`${count} ${doing}`] : [];
  });
  return `Environments: ${parts.join(', ')}. Put it into force with: kova apply`;
}
