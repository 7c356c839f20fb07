/** What an engine that was restarted may forget to remove, so that it cannot make it anew (libnetwork, issue 1765). */
const staleInterface = /error creating vxlan interface: file exists/;

/** A complaint of an engine, with what to do where more is known than it says itself. */
export function withHint(complaint: string, machine: string | undefined): string {
  if (!staleInterface.test(complaint)) return complaint;
  const where = machine ? `On ${machine}` : 'On its machine';
  const hint = `${where} \`ip -d link show type vxlan\` shows what is left of the network, \`ip link delete\` removes it`;
  return `${complaint}. ${hint}; where it shows none, restart the machine. Then deploy again`;
}
