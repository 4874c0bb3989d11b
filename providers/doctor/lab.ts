import { goVersion } from '../../lab/build/go.ts';
import { openCache } from '../../lab/cache/folders.ts';
import { checkRequirements } from '../../lab/fitness.ts';
import { buildTime, SPACE_OF_ALL, spaceToBuild } from '../../lab/prepare.ts';
import { emulatorArchive } from '../emulator-image.ts';
import { emulatorSize } from '../emulator-target.ts';
import { releaseSize } from '../longhorn/release-target.ts';
import { examineApt, toCheck } from './apt.ts';
import { type Check, okCheck, runCheck } from './check.ts';

const describeParts = (toBuild: number): string => {
  if (toBuild === 0) return 'the cache has them: nothing is built';
  return toBuild === SPACE_OF_ALL
    ? `the first run builds them, once: ${buildTime()}`
    : "the next run builds the nodes' image again: what goes into it has changed";
};

/** Checks what a lab needs of this machine, for the emulator, or for a release, which needs bigger nodes. */
export const examineLab = async (longhorn: string): Promise<Check[]> => {
  const go = await runCheck('Go', goVersion);
  let cache: string | undefined;
  const folder = await runCheck('cache', async () => {
    cache = await openCache();
    return cache;
  });
  const isEmulator = longhorn === 'emulator';
  const archives = isEmulator ? [await emulatorArchive()] : [];
  const toBuild = go.state === 'ok' && cache !== undefined ? await spaceToBuild(archives) : SPACE_OF_ALL;
  const { nodes, memory } = isEmulator ? emulatorSize : releaseSize;
  const machine = await checkRequirements({ cache: cache ?? '/', toBuild, nodes, memory });
  const apt = toBuild === SPACE_OF_ALL ? await examineApt(machine) : [];
  return [...machine.map(toCheck), go, ...apt, folder, okCheck('parts', describeParts(toBuild))];
};
