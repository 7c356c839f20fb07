import type { ScorecardView } from '@kova/control/api';
import { formatDuration } from '@kova/core/config/duration';
import { connect } from '../api/connect.ts';
import { renderTable } from '../output/table.ts';
import { findProject } from '../project/project.ts';
import { type Definition, documented, wholeNumber, withProject } from './definition.ts';

export const metricsCommand: Definition = (program, cli, done) => {
  const command = program.command('metrics');
  documented(command, 'show the delivery metrics of production (DORA)', 'kova metrics --days 90');
  withProject(command)
    .option('--days <n>', 'how far to look back', wholeNumber(1, 366), 30)
    .action(async ({ project: named, days }: { project?: string; days: number }) => {
      const client = await connect(cli.env);
      const project = await findProject(cli, client, named);
      const path = `/v1/projects/${encodeURIComponent(project)}/metrics?days=${days}`;
      const card = await client.get<ScorecardView>(path);
      done({ view: card, text: `${project}, the last ${days} days\n${metricsText(card)}` });
    });
};

/** What is not known is said so; it is no zero. */
export function metricsText({ deployments, perDay, leadTime, changeFailRate, recoveryTime }: ScorecardView): string {
  const frequency = perDay === null ? null : `${Math.round(perDay * 100) / 100} a day`;
  const rate = changeFailRate.rate === null ? null : `${Math.round(changeFailRate.rate * 1000) / 10} %`;
  return renderTable(
    ['METRIC', 'VALUE', 'OF'],
    [
      ['deployment frequency', known(frequency), `${deployments} deployments`],
      ['change lead time', known(medianText(leadTime)), `median of ${leadTime.n}`],
      ['change fail rate', known(rate), `${changeFailRate.n} changes`],
      ['failed deployment recovery time', known(medianText(recoveryTime)), `median of ${recoveryTime.n}`],
    ],
  );
}

function medianText({ ms }: { ms: number | null }): string | null {
  return ms === null ? null : formatDuration(ms);
}

function known(text: string | null): string {
  return text ?? 'no data';
}
