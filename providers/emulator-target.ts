import { clocks } from '../emulator/clocks.ts';
import { install } from '../emulator/install.ts';
import { defaultSize, type LabSize } from '../lab/size.ts';
import { emulatorArchive, emulatorImage } from './emulator-image.ts';
import { describeVersion, emulatorSettings } from './emulator-settings.ts';
import type { Progress } from './provider.ts';
import type { Target } from './target.ts';

/**
 * The lab that whole rounds of the suite are played in: with 1024M a node comes to read its programs from
 * disk again and again, so rounds grow by a third.
 */
export const emulatorSize: LabSize = { ...defaultSize, memory: '2048M' };

/**
 * The emulator, with the settings that the environment's variables give it; `portable`: for other commands
 * than the lab's own import.
 */
export const emulatorTarget = async ({
  portable,
  progress,
}: {
  portable: boolean;
  progress: Progress;
}): Promise<Target> => {
  const settings = emulatorSettings(process.env);
  const { deletionBackoffMin, resync, lockExpiry, monitorPoll } = clocks[settings.clock];
  return {
    name: 'emulator',
    archives: [await emulatorArchive({ whole: portable })],
    size: emulatorSize,
    begunPerCpu: 4,
    clocks: { deletionBackoff: deletionBackoffMin, resync, lockLife: lockExpiry, monitorPoll },
    install: async ({ kubeconfig, nodes, signal }) => {
      const { version } = await progress.step('Install Longhorn (the emulator)', (onProgress) =>
        install({ kubeconfig, ...settings, image: emulatorImage, nodes: nodes.length, signal, onProgress }),
      );
      return describeVersion(version, settings);
    },
  };
};
