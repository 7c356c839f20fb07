import { readFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { node } from '../../e2e/testing/app.ts';
import type { TestKova } from '../../e2e/testing/kova.ts';
import { type Figure, figure } from '../result.ts';

const mebibyte = 1024 ** 2;
const line = `${'a line of output as long as those of a compiler that has much to say about a file '.padEnd(99, '.')}\n`;

/** Prints as fast as it is read, so many MiB in lines of 100 bytes. */
const printer = (size: number) => `
const block = Buffer.from(${JSON.stringify(line)}.repeat(655));
let left = ${size * mebibyte};
function go() {
  while (left > 0) {
    left -= block.length;
    if (!process.stdout.write(block)) return process.stdout.once('drain', go);
  }
}
go();`;

/** Says when it says it. */
const clock = `let n = 0; const timer = setInterval(() => { console.log(Date.now()); if (++n === 40) clearInterval(timer); }, 97);`;

const job = (name: string, code: string) =>
  `{ use: 'none', jobs: { '${name}': { run: [${node(code)}], cache: false } } }`;

/** What a job prints, from its process to a client of the API, while it runs. */
export async function logs(kova: TestKova, size: number): Promise<Figure[]> {
  return [...(await throughput(kova, size)), await firstLine(kova)];
}

async function throughput(kova: TestKova, size: number): Promise<Figure[]> {
  const commit = await kova.send({ text: 'prints much', pipeline: job('print', printer(size)) });
  const before = controlRss(kova);
  const run = await kova.prove(commit);
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, controlRss(kova));
  }, 50);
  let bytes = 0;
  let firstAt = 0;
  for await (const text of eventTexts(await openLog(kova, run, 'print'))) {
    firstAt ||= performance.now();
    bytes += Buffer.byteLength(text) + 1;
  }
  clearInterval(watch);
  const seconds = (performance.now() - firstAt) / 1000;
  if (bytes < size * mebibyte) throw new Error(`only ${bytes} bytes arrived`);
  const note = `${size} MiB in lines of 100 bytes, first to last byte at the client, while they are printed and kept`;
  return [
    figure('pipeline.logs.mb_s', bytes / mebibyte / seconds, 'MiB/s', 1, note),
    figure('pipeline.logs.rss_growth_mb', (most - before) / mebibyte, 'MiB', 1, 'control plane, most at any moment'),
  ];
}

async function firstLine(kova: TestKova): Promise<Figure> {
  const run = await kova.prove(await kova.send({ text: 'tells the time', pipeline: job('clock', clock) }));
  const late: number[] = [];
  for await (const text of eventTexts(await openLog(kova, run, 'clock')))
    for (const said of text.split('\n')) if (/^\d+$/.test(said)) late.push(Date.now() - Number(said));
  const note = `worst of all lines, printed to received; the first took ${late[0]} ms`;
  return figure('pipeline.logs.first_line_ms', Math.max(...late), 'ms', late.length, note);
}

async function openLog(kova: TestKova, run: string, name: string): Promise<IncomingMessage> {
  const url = `${kova.control.url}/v1/runs/${run}/jobs/${name}/log`;
  const headers = { authorization: `Bearer ${kova.token()}` };
  for (;;) {
    const answer = await new Promise<IncomingMessage>((resolve, reject) =>
      get(url, { headers, agent: false }, resolve).on('error', reject),
    );
    if (answer.statusCode === 200) return answer;
    answer.resume();
  }
}

/** The texts of the events; the format is that of the API: one line `data: {"text": …}` and an empty one. */
async function* eventTexts(answer: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  answer.setEncoding('utf8');
  for await (const chunk of answer) {
    const events = (rest + chunk).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) yield (JSON.parse(event.replace(/^data: /, '')) as { text: string }).text;
  }
}

function controlRss(kova: TestKova): number {
  const status = readFileSync(`/proc/${kova.control.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
}
