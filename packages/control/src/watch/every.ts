/** Runs `work` again and again, `ms` after it has ended; an error is told and does not end it. Returns what stops it. */
export function every(ms: number, work: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const turn = async () => {
    await work().catch(onError);
    if (!stopped) timer = setTimeout(() => void turn(), ms);
  };
  void turn();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
