import { storeImage } from '../lab/images/core.ts';
import { NotFit as LabNotFit } from '../lab/not-fit.ts';
import { labDir } from '../lab/run/settings.ts';
import type { Lab } from '../lab/run/start.ts';
import { up } from '../lab/up.ts';
import { emulatorTarget } from './emulator-target.ts';
import { archiveTarget } from './longhorn/target.ts';
import { NotFit, type Progress, type Provider, type RunningCluster } from './provider.ts';
import type { Target } from './target.ts';

const running = (lab: Lab, { name, ...of }: { name: string } & Pick<RunningCluster, 'target' | 'clocks'>): RunningCluster => ({
  kubeconfig: lab.kubeconfig,
  context: lab.context,
  provider: 'lab',
  storeImage,
  lab: labDir(name),
  reach: [`export KUBECONFIG=${lab.kubeconfig}`, `npm run lab -- shell node1 --name ${name}`, `npm run lab -- down --name ${name}`],
  ...of,
  trouble: () => lab.ended,
  lost: lab.lost,
  keep: lab.keep,
  down: lab.stop,
});

const choose = (longhorn: string, progress: Progress): Promise<Target> =>
  longhorn.startsWith('archive:') ? archiveTarget(longhorn.slice('archive:'.length), progress) : emulatorTarget(progress);

/** Work that only reads ends with this process, so an interruption need not wait for it. */
const orAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener('abort', abort));
};

/** The embedded cluster, brought up anew for a run, with a Longhorn in it; it goes down with this process unless it is kept. */
export const lab: Provider = {
  name: 'lab',
  up: async ({ longhorn, signal, progress }) => {
    const name = `e2e-${process.pid}`;
    try {
      const target = await orAborted(choose(longhorn, progress), signal);
      let version = '';
      const meanwhile = async ({ kubeconfig }: Lab, either: AbortSignal): Promise<void> => {
        version = await target.install({ kubeconfig, signal: either });
      };
      const cluster = await up({ name, archives: target.archives, ...target.size, meanwhile, step: progress.step, signal });
      return running(cluster, { name, target: { name: target.name, version }, clocks: target.clocks });
    } catch (error) {
      throw error instanceof LabNotFit ? new NotFit(error.message) : error;
    }
  },
};
