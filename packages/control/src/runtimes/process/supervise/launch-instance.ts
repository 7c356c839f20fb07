import type { InstanceRecord } from '../records.ts';
import { revealed } from '../spec.ts';
import { launchVariable } from '../system/terminate.ts';
import { type Launched, launch } from './launch.ts';
import type { Surroundings } from './surroundings.ts';

/** Launches what the record intends: the slot's command with exactly the slot's environment and what Kova adds. */
export function launchInstance(around: Surroundings, index: number, record: InstanceRecord): Promise<Launched> {
  const { spec, logs, host, as } = around;
  return launch({
    argv: spec.start,
    cwd: spec.directory,
    env: {
      ...revealed(spec.env),
      PORT: String(record.port),
      HOST: host,
      HOSTNAME: host,
      KOVA_INSTANCE: `${spec.slot}/${index}`,
      [launchVariable]: record.launch,
    },
    as,
    openOutput: (stream) => logs.of(index, stream).open(as),
  });
}
