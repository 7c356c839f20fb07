import type { ExecutionView } from '@kova/control/api';
import { plain } from '@kova/core/pipeline/evidence/plain';
import { connect } from '../api/connect.ts';
import type { Cli, Result } from '../cli.ts';
import { projectPath } from '../git/send.ts';
import { renderTable } from '../output/table.ts';
import { findProject } from '../project/project.ts';

/** What comes after it in the table shall be seen; the whole reason is in the JSON. */
const widestEnd = 60;

/** What was run in the instances of a project, newest first. @param environment only this one */
export async function listExecutions(
  cli: Cli,
  environment: string | undefined,
  project: string | undefined,
): Promise<Result> {
  const client = await connect(cli.env);
  const only = environment === undefined ? '' : `?environment=${encodeURIComponent(environment)}`;
  const path = `${projectPath(await findProject(cli, client, project))}/executions${only}`;
  const executions = await client.get<ExecutionView[]>(path);
  return { view: executions, text: executions.length > 0 ? table(executions) : 'Nothing was run yet.' };
}

function table(executions: readonly ExecutionView[]): string {
  const rows = executions.map(({ id, startedAt, requestedBy, instance, argv, ...end }) => [
    ...[id, startedAt.slice(0, 19).replace('T', ' '), requestedBy, instance.split('/').slice(1).join('/')],
    ...[endOf(end), argv.join(' ')],
  ]);
  return renderTable(['ID', 'STARTED', 'BY', 'INSTANCE', 'END', 'COMMAND'], rows);
}

function endOf({ exitCode, reason, endedAt }: Pick<ExecutionView, 'exitCode' | 'reason' | 'endedAt'>): string {
  if (reason !== null) return plain(reason, widestEnd);
  return endedAt === null ? 'runs' : String(exitCode);
}
