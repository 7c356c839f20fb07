import { expect, test } from 'vitest';
import { developmentCommand } from './command.ts';

const listen = { host: '127.0.0.1', port: 3000 };

test('app.dev is what starts the app, told where to listen', () => {
  const dev = ['python3', 'manage.py', 'runserver', '$HOST:$PORT'];
  expect(developmentCommand({ dev, start: ['gunicorn'] }, listen)).toEqual([...dev.slice(0, 3), '127.0.0.1:3000']);
});

test('without it Node is started anew when a file changes, and other programs are started as they are', () => {
  expect(developmentCommand({ dev: null, start: ['node', 'server.js'] }, listen)).toEqual([
    'node',
    '--watch',
    'server.js',
  ]);
  expect(developmentCommand({ dev: null, start: ['./server'] }, listen)).toEqual(['./server']);
});
