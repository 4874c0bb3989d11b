import { z } from 'zod';
import { allDisruptions } from '../e2e/longhorn/disruptions.ts';
import { askLab } from '../lab/control/ask.ts';
import { storeImage } from '../lab/images/core.ts';
import { NotFit as LabNotFit } from '../lab/not-fit.ts';
import { labDir } from '../lab/run/settings.ts';
import type { Lab } from '../lab/run/start.ts';
import { labNodes } from '../lab/run/topology.ts';
import { up } from '../lab/up.ts';
import { chooseTarget } from './choose-target.ts';
import { NotFit, type Provider, type RunningCluster } from './provider.ts';
import { targetOf, workersFor } from './target.ts';

const secondsSchema = z.record(z.string(), z.number());

const offered = { lab: true, allow: allDisruptions, without: [] };

const running = (
  lab: Lab,
  { name, ...of }: { name: string } & Pick<RunningCluster, 'target' | 'clocks' | 'workers' | 'begun'>,
): RunningCluster => ({
  kubeconfig: lab.kubeconfig,
  context: lab.context,
  provider: 'lab',
  storeImage,
  allow: offered.allow,
  lab: labDir(name),
  reach: [
    `export KUBECONFIG=${lab.kubeconfig}`,
    `npm run lab -- shell node1 --name ${name}`,
    `npm run lab -- down --name ${name}`,
  ],
  ...of,
  trouble: () => lab.ended,
  lost: lab.lost,
  cpu: async () => secondsSchema.parse(await askLab(name, { action: 'cpu' })),
  keep: lab.keep,
  down: lab.stop,
});

/**
 * The embedded cluster, brought up anew for a run, with a Longhorn in it; it goes down with this process
 * unless it is kept.
 */
export const lab: Provider = {
  name: 'lab',
  offers: () => offered,
  up: async ({ longhorn, registryMirror, images = [], run, signal, progress }) => {
    const name = `e2e-${run}`;
    try {
      const target = await chooseTarget({
        longhorn,
        registryMirror,
        images,
        portable: false,
        progress,
        signal,
      });
      const nodes = labNodes(target.size.nodes).map((node) => node.name);
      let version = '';
      const meanwhile = async ({ kubeconfig }: Lab, either: AbortSignal): Promise<void> => {
        version = await target.install({ kubeconfig, nodes, signal: either });
      };
      const cluster = await up({
        name,
        archives: target.archives,
        ...target.size,
        meanwhile,
        step: progress.step,
        signal,
      });
      return running(cluster, {
        name,
        target: targetOf(target, version),
        clocks: target.clocks,
        ...workersFor(target),
      });
    } catch (error) {
      throw error instanceof LabNotFit ? new NotFit(error.message) : error;
    }
  },
};
