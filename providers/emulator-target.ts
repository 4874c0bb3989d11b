import type { LonghornClocks } from '../e2e/longhorn/clocks.ts';
import { type Clock, readClock } from '../emulator/clocks.ts';
import { installEmulator } from '../emulator/install.ts';
import { defaultSize, type LabSize } from '../lab/size.ts';
import { emulatorArchive, emulatorImage } from './emulator-image.ts';
import { emulatorManifest } from './emulator-pack.ts';
import { describeVersion, type EmulatorSettings, emulatorSettings } from './emulator-settings.ts';
import type { ProgressDisplay } from './provider.ts';
import type { LonghornTarget } from './target.ts';

/**
 * The lab for whole rounds of the suite. With 1024M a node reads its programs from disk again and again, and
 * a round takes a third longer.
 */
export const emulatorSize: LabSize = { ...defaultSize, memory: '2048M' };

/**
 * The emulator, with settings from environment variables. `portable`: commands other than the lab's own
 * import read the archive.
 */
export const emulatorTarget = async ({
  portable,
  progress,
  version: other,
}: {
  portable: boolean;
  progress: ProgressDisplay;
  /** Emulates this version instead of that in the settings. */
  version?: string;
}): Promise<LonghornTarget> => {
  const settings = emulatorSettings({
    ...process.env,
    ...(other !== undefined && { CORRAL_EMULATOR_VERSION: other }),
  });
  return {
    name: 'emulator',
    archives: [await emulatorArchive({ whole: portable })],
    size: emulatorSize,
    maxBegunPerCpu: 4,
    manifest: async (slowness) =>
      emulatorManifest({ ...settings, clock: await chooseClock(settings, Promise.resolve(slowness)) }),
    install: async ({ kubeconfig, nodes, signal, slowness }) => {
      const clock = chooseClock(settings, slowness);
      // The installation may fail before it uses the clock.
      clock.catch(() => {});
      const { version } = await progress.step('Install Longhorn (the emulator)', (onProgress) =>
        installEmulator({
          ...{ kubeconfig, image: emulatorImage, nodes: nodes.length, signal, onProgress },
          ...settings,
          clock,
        }),
      );
      const emulatorClock = await clock;
      return {
        version: describeVersion(version, settings),
        clocks: toLonghornClocks(readClock(emulatorClock) as Clock),
        emulatorClock,
      };
    },
  };
};

// The waits of the fast clock are long enough for a machine with two thirds of the reference's speed. They
// grow only on a slower one, because longer waits make the run longer.
const slownessOfFastClock = 1.5;

const chooseClock = async ({ clock }: EmulatorSettings, slowness: Promise<number>): Promise<string> =>
  clock ?? String(Math.max(1, Math.round(((await slowness) / slownessOfFastClock) * 10) / 10));

const toLonghornClocks = ({
  deletionBackoffMin,
  resync,
  lockExpiry,
  monitorPoll,
}: Clock): LonghornClocks => ({
  ...{ deletionBackoff: deletionBackoffMin, resync },
  ...{ lockLife: lockExpiry, monitorPoll },
});
