import { once } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import { connect, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { install } from '../../emulator/install.ts';
import type { Lab } from '../../lab/run/start.ts';
import { defaultSize } from '../../lab/size.ts';
import type { StepRunner } from '../../lab/step.ts';
import { up } from '../../lab/up.ts';
import { emulatorArchive, emulatorImage } from '../../providers/emulator-image.ts';

type Pod = KubernetesObject & { status?: { phase?: string } };

/** Brings a lab up with the emulator in it, and says when each thing had come, in seconds from the start. */
export const timedStart = async (name: string): Promise<{ lab: Lab; phases: Map<string, number> }> => {
  const archives = [await emulatorArchive()];
  const phases = new Map<string, number>();
  const start = performance.now();
  const reached = (phase: string) => phases.set(phase, (performance.now() - start) / 1000);
  const step: StepRunner = async (title, work) => {
    const result = await work(() => {});
    reached(title);
    return result;
  };
  const firstPod = async (kubeconfig: string, signal: AbortSignal) => {
    const pods = await follow<Pod>(connect({ kubeconfig }), resources.pods, { signal });
    const limit = { within: '60s', owner: 'the benchmark' } as const;
    await once(pods, ({ status }) => status?.phase === 'Running', { label: 'a pod runs', ...limit });
    reached('first pod Running');
    await pods.stop();
  };
  const lab = await up({
    name,
    archives,
    step,
    meanwhile: async ({ kubeconfig }, signal) => {
      const emulator = {
        kubeconfig,
        clock: 'fast',
        image: emulatorImage,
        nodes: defaultSize.nodes,
        signal,
      } as const;
      await Promise.all([firstPod(kubeconfig, signal), step('emulator ready', () => install(emulator))]);
    },
  });
  return { lab, phases };
};
