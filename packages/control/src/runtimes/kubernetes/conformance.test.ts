import { markedBy } from '../process/system/processes.ts';
import { openWorkshop } from '../process/testing/workshop.ts';
import { runtimeConformance } from '../runtime.conformance.ts';
import { createKubernetesRuntime } from './kubernetes-runtime.ts';
import { openStandInCluster } from './testing/stand-in-cluster.ts';

const byIndex = 'instances are named after their pods, not by a number; see kubernetes-runtime.test.ts';
const withPod = 'the log of a pod goes with the pod';
const byMachine = 'the kubelet asks the health path from its own machine, and tells less of what it saw';
const noExec = 'commands are refused with what to run instead; see kubernetes-runtime.test.ts';

runtimeConformance(
  'Kubernetes (against a stand-in for its API)',
  async () => {
    const workshop = await openWorkshop();
    const cluster = await openStandInCluster({ directory: () => workshop.directory });
    const image = `registry.example.com/fixtures@sha256:${'0'.repeat(64)}`;
    const open = () => createKubernetesRuntime({ config: cluster.config, home: 'home-1', imageOf: () => image });
    let current = open();
    return {
      runtime: current,
      directory: workshop.directory,
      env: workshop.env,
      reopen: async () => {
        current.close();
        current = open();
        return current;
      },
      leftovers: async (slot) =>
        [...markedBy('KOVA_INSTANCE').values()].filter((instance) => instance.startsWith(`${slot}/`)).length,
      close: async () => {
        current.close();
        await cluster.close();
        await workshop.close();
      },
    };
  },
  {
    'launches all wanted instances, each with an address of its own': byIndex,
    'waits for all wanted instances': byIndex,
    'gives the last lines of both streams of all instances': `${byIndex}; the two streams are one in the log API`,
    'usage grows with what an instance uses': 'the metrics server tells a rate and no files',
    'ends everything, and again is nothing': withPod,
    'kills what ignores SIGTERM after the stop timeout': withPod,
    'keeps no more than it may of an app that writes without end': 'the kubelet rotates logs by a size of its own',
    'fails with the last lines, scrubbed, as soon as an app that exits at once is in a crash loop':
      'the status of a pod does not tell whether it was ever ready',
    'fails at its deadline when the app never listens': byMachine,
    'says what the health path answers': byMachine,
    'runs beside the instance, with its environment and outputs of its own': noExec,
    'is given arguments as they are, and input to its end, byte by byte': noExec,
    'on a terminal: its size, as it changes, and keys that are signals': noExec,
    'of a program that is not there is refused': noExec,
    'passes signals on': noExec,
    'ends with all that it has started when its caller goes': noExec,
    'leaves nothing behind when it ends by itself': noExec,
    'ends with its instance, and says so': noExec,
  },
);
