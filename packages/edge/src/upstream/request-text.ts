import type { Call } from './call.ts';

/** The head of a request as it goes to an instance, in latin1. */
export function requestText({ method, target, headers, chunked }: Call): string {
  // Answers to HEAD end their connection, see `Connection.onHead`.
  const connection = method === 'HEAD' ? 'close' : 'keep-alive';
  let text = `${method} ${target} HTTP/1.1\r\n`;
  for (let index = 0; index + 1 < headers.length; index += 2) text += `${headers[index]}: ${headers[index + 1]}\r\n`;
  if (chunked) text += 'transfer-encoding: chunked\r\n';
  return `${text}connection: ${connection}\r\n\r\n`;
}
