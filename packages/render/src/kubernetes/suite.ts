import { KovaError } from '@kova/core/errors/kova-error';
import type { Suite } from '../suite.ts';
import { manifestsOf } from './manifests.ts';
import { placementOf, placementOptions } from './placement.ts';
import { manifestText } from './yaml.ts';

export const kubernetesSuite: Suite = {
  name: 'kubernetes',
  about: 'the environments as Kubernetes manifests',
  options: [
    { name: 'environment', value: 'name', about: 'this one alone; default all', momentary: false },
    ...placementOptions,
  ],
  render(config, values = {}) {
    const slots = placementOf(values);
    const names = Object.keys(config.environments);
    const wanted = values.environment ?? null;
    if (wanted !== null && !names.includes(wanted)) {
      const next = `Write one of: ${names.join(', ')}.`;
      throw new KovaError('INPUT_INVALID', `there is no environment ${wanted}`, { next });
    }
    return names
      .filter((name) => wanted === null || name === wanted)
      .map((name) => ({
        path: `deploy/kubernetes/${name}.yaml`,
        text: manifestText(manifestsOf(config, name, slots)),
      }));
  },
};
