/** Runs `work` again and again, `ms` after it has ended; an error is told and does not end it. */
export function every(ms: number, work: () => Promise<void>, onError: (error: unknown) => void): void {
  const turn = async () => {
    await work().catch(onError);
    setTimeout(() => void turn(), ms);
  };
  void turn();
}
