import type { WorkerView } from '@kova/control/api';
import { connect } from '../../api/connect.ts';
import { workerTable } from '../../output/workers.ts';
import { type Definition, documented } from '../definition.ts';

export const listCommand: Definition = (worker, cli, done) => {
  const command = worker.command('list');
  documented(command, 'list the processes that take jobs, and what they are at', 'kova worker list');
  command.action(async () => {
    const workers = await (await connect(cli.env)).get<WorkerView[]>('/v1/workers');
    done({ view: workers, text: workerTable(workers) });
  });
};
