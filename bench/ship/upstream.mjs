// A plain upstream: the release's name as its answer. argv: port, name
import { createServer } from 'node:http';

const [, , port, name = 'one'] = process.argv;
const body = JSON.stringify({ release: name });
const server = createServer((_, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'));
process.on('SIGTERM', () => server.close(() => process.exit(0)));
