import { type Definition, documented, wholeNumber } from '../definition.ts';
import { listCommand } from './list.ts';

interface Options {
  label: string[];
  concurrency?: number;
  grace: number;
}

const most = 1000;
const another = (label: string, labels: string[]) => [...labels, label];

export const workerCommand: Definition = (program, cli, done) => {
  const worker = program.command('worker');
  documented(
    worker,
    'run jobs of pipelines here, beside the control plane, until Ctrl-C',
    'kova worker',
    'kova worker --label gpu --concurrency 1',
    'kova worker list',
  )
    .option('--label <label>', 'take jobs that ask for this label as well; may be given again', another, [])
    .option(
      '--concurrency <n>',
      "jobs at a time; default: the machine's cores, shared with others",
      wholeNumber(1, most),
    )
    .option('--grace <seconds>', 'how long jobs may take to end when it is stopped', wholeNumber(0, 86_400), 20)
    .action(
      async ({ label, concurrency = null, grace }: Omit<Options, 'concurrency'> & { concurrency?: number | null }) => {
        const { runWorker } = await import('@kova/control/worker');
        const say = (line: string) => cli.json || cli.out.write(`${line}\n`);
        await runWorker({
          ...{ env: cli.env, labels: label, concurrency, graceMs: grace * 1000 },
          onReady: ({ id, labels }) => {
            const also = labels.length > 0 ? `, and those with the label ${labels.join(' or ')}` : '';
            say(`worker ${id} takes ${concurrency ?? 'its share of'} jobs at a time${also}. Ctrl-C ends it.`);
            if (cli.json) done({ view: { id, labels, concurrency }, text: '' });
          },
          say: (line) => void say(line),
        });
        // What it has opened to the store would keep it alive.
        process.exit(0);
      },
    );
  return listCommand(worker, cli, done, []);
};
