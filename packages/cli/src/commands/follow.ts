import { type Definition, documented } from './definition.ts';

interface Options {
  name?: string;
  advertise?: string;
}

export const followCommand: Definition = (program, cli, done) => {
  const command = program.command('follow');
  documented(
    command,
    'keep the edge of this machine in line with a Kova on another one, through the store, until Ctrl-C',
    'kova follow',
    'kova follow --name edge-2 --advertise 10.0.0.2:80',
  )
    .option('--name <name>', 'what this edge is called; default: the name of the machine')
    .option('--advertise <host:port>', 'where users reach it; default: where it listens')
    .action(async ({ name = null, advertise = null }: { [Key in keyof Options]: string | null }) => {
      const { follow } = await import('@kova/control/follow');
      await follow({
        ...{ env: cli.env, name, advertise },
        onReady: (edge) => {
          cli.json || cli.out.write(`edge ${edge.name} at ${edge.address} follows\n`);
          if (cli.json) done({ view: { name: edge.name, address: edge.address }, text: '' });
        },
        say: (line) => void (cli.json || cli.out.write(`${line}\n`)),
      });
      // Until a signal ends it: there is nothing that it would have to hand back.
      await new Promise(() => undefined);
    });
};
