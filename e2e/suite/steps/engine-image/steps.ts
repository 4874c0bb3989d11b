import { basename, dirname } from 'node:path';
import {
  binarySums,
  engineBinaryRemoved,
  type RemovedBinary,
} from '../../../faults/engine-binary-removed.ts';
import { expectHistory } from '../../../history/expectation.ts';
import { namedState } from '../../../history/named-state.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { follow } from '../../../history/watch.ts';
import { folderOfEngineImage } from '../../../longhorn/engine-binary.ts';
import { lacksOfEngineImage } from '../../../longhorn/readiness.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { EngineImage } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import { step } from '../step.ts';
import { judgeWithin } from '../timeouts.ts';

/** A binary that was removed, and the history of its engine image since before. */
type RemovedBinaryHandle = RemovedBinary & { images: Timeline<EngineImage>; image: string };

const isDeployed = namedState('engine-image-is-deployed', () => ({
  label: 'on each node',
  matches: (image: EngineImage) => lacksOfEngineImage(image).length === 0,
}));

const lacksNode = namedState('engine-image-lacks-node', () => ({
  label: 'not on each node',
  matches: (image: EngineImage) => lacksOfEngineImage(image).length > 0,
}));

/** Steps about engine images. */
export const engineImageSteps = {
  'when.engineBinaryRemoved': step({
    sentence: 'When the binary of the default engine image is removed from each node',
    action: async ({ cluster, faults, scenarioSignal: signal }: Context): Promise<RemovedBinaryHandle> => {
      const images = await follow<EngineImage>(cluster, longhornResources.engineImages, {
        namespace,
        signal,
      });
      const { path, sum } = await faults.inject(await engineBinaryRemoved.on(cluster));
      const folder = basename(dirname(path));
      const found = images.objects().find(({ spec }) => folderOfEngineImage(spec?.image ?? '') === folder);
      if (found === undefined) throw new Error(`no EngineImage is that of ${path}`);
      return { path, sum, images, image: found.metadata.name };
    },
    detail: ({ path }) => path,
  }),
  /** By the engine image's pods: they end by their probes, and install it when they start again. */
  'then.engineBinaryPutBack': step({
    sentence: 'Then Longhorn puts the binary back on each node',
    waitsForTimer: true,
    action: async ({ cluster, timeouts }: Context, { path, sum, images, image }: RemovedBinaryHandle) => {
      const putBack = expectHistory(images, {
        name: image,
        label: `engine image ${image}`,
        describe: (each) => lacksOfEngineImage(each).join('; ') || 'on each node',
      })
        .startingAs(isDeployed())
        .goes(lacksNode(), isDeployed());
      await judgeWithin(putBack, timeouts.binaryPutBack);
      const sums = await binarySums(cluster, path);
      if (sums.length !== 1 || sums[0] !== sum) throw new Error(`${path} is another than before on a node`);
    },
  }),
};
