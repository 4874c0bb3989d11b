import { clocks } from '../emulator/clocks.ts';
import { install } from '../emulator/install.ts';
import { defaultSize } from '../lab/size.ts';
import { emulatorArchive, emulatorImage } from './emulator-image.ts';
import { describeVersion, emulatorSettings } from './emulator-settings.ts';
import type { Progress } from './provider.ts';
import type { Target } from './target.ts';

/** The emulator, with the settings that the environment's variables give it. */
export const emulatorTarget = async (progress: Progress): Promise<Target> => {
  const settings = emulatorSettings(process.env);
  const { deletionBackoffMin, resync, lockExpiry } = clocks[settings.clock];
  return {
    name: 'emulator',
    archives: [await emulatorArchive()],
    size: defaultSize,
    clocks: { deletionBackoff: deletionBackoffMin, resync, lockLife: lockExpiry },
    install: async ({ kubeconfig, signal }) => {
      const { version } = await progress.step('Install Longhorn (the emulator)', (onProgress) =>
        install({ kubeconfig, ...settings, image: emulatorImage, nodes: defaultSize.nodes, signal, onProgress }),
      );
      return describeVersion(version, settings);
    },
  };
};
