import protobuf from 'protobufjs';

const { Field, Type } = protobuf;

/** Of moby/buildkit, api/services/control/control.proto: what is told of the steps of a build, as far as it is shown. */
const Vertex = new Type('Vertex')
  .add(new Field('name', 3, 'string'))
  .add(new Field('cached', 4, 'bool'))
  .add(new Field('started', 5, 'bytes'))
  .add(new Field('completed', 6, 'bytes'))
  .add(new Field('error', 7, 'string'));
const VertexLog = new Type('VertexLog').add(new Field('msg', 4, 'bytes'));
const StatusResponse = new Type('StatusResponse')
  .add(new Field('vertexes', 1, 'Vertex', 'repeated'))
  .add(new Field('logs', 3, 'VertexLog', 'repeated'))
  .add(Vertex)
  .add(VertexLog);

/** With all fields, as `defaults` says below. */
interface Status {
  vertexes: Array<{ name: string; cached: boolean; started: Uint8Array; completed: Uint8Array; error: string }>;
  logs: Array<{ msg: Uint8Array }>;
}

export const buildkitTrace = 'moby.buildkit.trace';

/** What BuildKit says of its steps, in lines: which it begins, what they print, how they fail. */
export function linesOfTrace(base64: string): string[] {
  const message = StatusResponse.decode(Buffer.from(base64, 'base64'));
  const { vertexes, logs } = StatusResponse.toObject(message, { defaults: true }) as Status;
  return [...vertexes.flatMap(linesOfStep), ...logs.map(({ msg }) => Buffer.from(msg).toString('utf8').trimEnd())];
}

function linesOfStep({ name, cached, started, completed, error }: Status['vertexes'][number]): string[] {
  if (error) return [`${name}: ${error}`];
  if (cached && completed.length > 0) return [`${name}: cached`];
  return started.length > 0 && completed.length === 0 ? [name] : [];
}
