import { writeFile } from 'node:fs/promises';
import { KovaError } from '@kova/core/errors/kova-error';
import { checkImage } from '@kova/render/kubernetes';
import { KubeConfig } from '@kubernetes/client-node';
import { homeMark } from '../../engine/labels.ts';
import type { Home } from '../../home/home.ts';
import { tokenIn } from '../../home/token.ts';
import type { SlotSpec } from '../../ports/runtime.ts';
import type { ClosableRuntime } from '../chosen-runtime.ts';
import { clusterFile } from '../places.ts';
import { createKubernetesRuntime } from './kubernetes-runtime.ts';

/**
 * The runtime of a home on the cluster that KUBECONFIG, ~/.kube/config or the service account of its own pod leads to.
 * From then on the home looks for slots there, also after a restart.
 */
export async function openClusterRuntime(home: Home, env: NodeJS.ProcessEnv): Promise<ClosableRuntime> {
  const runtime = createKubernetesRuntime({
    config: configFrom(env),
    home: homeMark(await tokenIn(home.root, 'home-id')),
    imageOf,
    onNotice: (notice) => console.error(notice),
  });
  await writeFile(clusterFile(home), '', { mode: 0o600 });
  return runtime;
}

/** @throws KovaError IMAGE_UNUSABLE for a release that is in no image: a cluster can run nothing else */
export function imageOf({ slot, release, image }: SlotSpec): string {
  if (image !== undefined) return checkImage(image);
  throw new KovaError(
    'IMAGE_UNUSABLE',
    `release ${release} for ${slot} is in no image, and a cluster runs only images`,
    {
      next: 'Let the pipeline build and push an image of the app, and ship the commit again.',
    },
  );
}

function configFrom({ KUBECONFIG }: NodeJS.ProcessEnv): KubeConfig {
  const config = new KubeConfig();
  if (KUBECONFIG) config.loadFromFile(KUBECONFIG);
  else config.loadFromDefault();
  return config;
}
