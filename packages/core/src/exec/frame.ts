/** The streams of a command, by the first byte of each binary message that carries a piece of one. */
export const execStreams = ['stdin', 'stdout', 'stderr'] as const;
export type ExecStream = (typeof execStreams)[number];

/** Of a piece, without the byte before it. */
const maxPieceBytes = 65_536;
/** Of any message. */
export const maxMessageBytes = 262_144;

/** Cuts bytes into messages. */
export function* framesOf(stream: ExecStream, bytes: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += maxPieceBytes) {
    const piece = bytes.subarray(from, from + maxPieceBytes);
    const frame = new Uint8Array(piece.length + 1);
    frame[0] = execStreams.indexOf(stream);
    frame.set(piece, 1);
    yield frame;
  }
}

/** Null when it begins with the number of no stream. */
export function pieceOf(frame: Uint8Array): { stream: ExecStream; bytes: Uint8Array } | null {
  const stream = execStreams[frame[0] ?? -1];
  return stream ? { stream, bytes: frame.subarray(1) } : null;
}
