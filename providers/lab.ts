import { install } from '../emulator/install.ts';
import { storeImage } from '../lab/images/core.ts';
import { NotFit as LabNotFit } from '../lab/not-fit.ts';
import type { Lab } from '../lab/run/start.ts';
import { defaultSize } from '../lab/size.ts';
import { up } from '../lab/up.ts';
import { emulatorArchive, emulatorImage } from './emulator-image.ts';
import { describeVersion, emulatorSettings } from './emulator-settings.ts';
import { NotFit, type Provider, type RunningCluster } from './provider.ts';

const running = (lab: Lab, name: string, version: string): RunningCluster => ({
  kubeconfig: lab.kubeconfig,
  context: lab.context,
  provider: 'lab',
  storeImage,
  reach: [`export KUBECONFIG=${lab.kubeconfig}`, `npm run lab -- shell node1 --name ${name}`, `npm run lab -- down --name ${name}`],
  target: { name: 'emulator', version },
  trouble: () => lab.ended,
  keep: lab.keep,
  down: lab.stop,
});

/** The embedded cluster, brought up anew for a run, with the emulator in it; it goes down with this process unless it is kept. */
export const lab: Provider = {
  name: 'lab',
  up: async ({ signal, progress }) => {
    const name = `e2e-${process.pid}`;
    const settings = emulatorSettings(process.env);
    try {
      let version = '';
      const cluster = await up({
        name,
        archives: [await emulatorArchive()],
        step: progress.step,
        signal,
        meanwhile: async ({ kubeconfig }, cut) => {
          const installed = await progress.step('Install Longhorn (the emulator)', (onProgress) =>
            install({ kubeconfig, ...settings, image: emulatorImage, nodes: defaultSize.nodes, signal: cut, onProgress }),
          );
          version = installed.version;
        },
      });
      return running(cluster, name, describeVersion(version, settings));
    } catch (error) {
      throw error instanceof LabNotFit ? new NotFit(error.message) : error;
    }
  },
};
