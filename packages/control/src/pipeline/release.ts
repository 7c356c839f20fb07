import { explainDiskFull } from '../artefacts/disk-full.ts';
import { checkout } from '../build/checkout.ts';
import { closeBuildDirectory, openBuildDirectory, sealBuildDirectory } from '../build/directory.ts';
import { commitInfo, repositoryOf } from '../build/git.ts';
import { stageOutput } from '../build/stage.ts';
import type { BuiltRelease } from '../ports/builder.ts';
import type { ReleaseRequest } from '../ports/job-runner.ts';
import type { Workshop } from './run-job.ts';

/** Packs a release: the commit, what its jobs have made of it, and of that what `app.output` names. */
export async function packRelease(workshop: Workshop, request: ReleaseRequest): Promise<BuiltRelease> {
  const { home, results, artefacts, as } = workshop;
  const { project, commit, config, needs, signal } = request;
  const directory = await openBuildDirectory(home.builds, project, commit, as);
  // Nobody but Kova has a part in it from here on.
  await sealBuildDirectory(directory);
  try {
    const { source, stage } = directory;
    const { repositories } = home;
    await checkout({ repositories, project, commit, directory, signal, onLine: () => {} });
    for (const key of needs) await results.layOut(key, source, null);
    await stageOutput(source, stage, config.app.output);
    return {
      config,
      artefact: await artefacts.pack(stage),
      commit: await commitInfo(repositoryOf(repositories, project), commit),
    };
  } catch (error) {
    throw explainDiskFull(error, 'packing the release', directory.root);
  } finally {
    await closeBuildDirectory(directory);
  }
}
