import { becomeEdgeOfHome } from '@kova/control/serve';
import { type Definition, documented } from './definition.ts';

const another = (address: string, addresses: string[]) => [...addresses, address];

export const edgeCommand: Definition = (program, cli) => {
  const command = program.command('edge');
  documented(
    command,
    'be the edge, in the foreground, for a supervisor such as systemd or Docker; `kova up` does without one',
    'kova edge',
    'kova edge --listen 0.0.0.0:80 --listen-tls 0.0.0.0:443',
  )
    .option('--listen <host:port>', 'where users reach it; may be given again; default: 127.0.0.1:4780', another, [])
    .option('--listen-tls <host:port>', 'where it ends TLS; may be given again; default: nowhere', another, [])
    .action((addresses: { listen: string[]; listenTls: string[] }) => becomeEdgeOfHome(addresses, cli.env));
};
