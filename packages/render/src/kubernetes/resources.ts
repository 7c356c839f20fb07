/** What an instance is sure to get and may take at most, as quantities of the API. */
export interface Resources {
  cpu: string;
  /** Null for what the machine has. */
  cpuLimit: string | null;
  memory: string;
}

/** Of an environment or a slot; null for no limit. Memory in bytes, processors in parts of one. */
export interface Limits {
  memory: number | null;
  cpus: number | null;
}

/**
 * What is asked for when the limits are these. A limit of memory is also what is asked for: an instance that counts on more
 * than its machine has is ended in the end. How many processes there may be is for the kubelet to say, not for a pod.
 */
export function resourcesOf(asked: { cpu: string; memory: string }, limits: Limits | null): Resources {
  const cpus = limits?.cpus ?? null;
  const memory = limits?.memory ?? null;
  return {
    cpu: cpus !== null && cpus < processors(asked.cpu) ? millicores(cpus) : asked.cpu,
    cpuLimit: cpus === null ? null : millicores(cpus),
    memory: memory === null ? asked.memory : String(Math.floor(memory)),
  };
}

function processors(quantity: string): number {
  return quantity.endsWith('m') ? Number(quantity.slice(0, -1)) / 1000 : Number(quantity);
}

function millicores(cpus: number): string {
  return `${Math.max(1, Math.round(cpus * 1000))}m`;
}
