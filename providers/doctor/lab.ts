import { goVersion } from '../../lab/build/go.ts';
import { openCache } from '../../lab/cache/folders.ts';
import { checkRequirements } from '../../lab/fitness.ts';
import { buildTime, SPACE_OF_ALL, spaceToBuild } from '../../lab/prepare.ts';
import { emulatorSize } from '../emulator-target.ts';
import { releaseSize } from '../longhorn/release-target.ts';
import { examineApt, toCheck } from './apt.ts';
import { type Check, okCheck, runCheck } from './check.ts';

/** Checks what a lab needs of this machine, for the emulator, or for a release, which needs bigger nodes. */
export const examineLab = async (longhorn: string): Promise<Check[]> => {
  const go = await runCheck('Go', goVersion);
  let cache: string | undefined;
  const folder = await runCheck('cache', async () => {
    cache = await openCache();
    return cache;
  });
  const toBuild = go.state === 'ok' && cache !== undefined ? await spaceToBuild() : SPACE_OF_ALL;
  const built = toBuild === 0;
  const { nodes, memory } = longhorn === 'emulator' ? emulatorSize : releaseSize;
  const machine = await checkRequirements({ cache: cache ?? '/', toBuild, nodes, memory });
  const parts = okCheck(
    'parts',
    built ? 'the cache has them: nothing is built' : `the first run builds them, once: ${buildTime()}`,
  );
  return [...machine.map(toCheck), go, ...(built ? [] : await examineApt(machine)), folder, parts];
};
