import { isCached } from '../../lab/cache.ts';
import { openCache } from '../../lab/cache-root.ts';
import { lookAtCommands } from '../../lab/fitness.ts';
import { podSystem } from '../../lab/images/core.ts';
import { examineApt, toCheck } from './apt.ts';
import { type Check, examine, ok } from './check.ts';

/** Looks at what the images are made with that Corral brings along: those of the backup store and of the emulator. */
export const examineImages = async (): Promise<Check[]> => {
  const folder = await examine('cache', openCache);
  const built = folder.state === 'ok' && (await isCached(podSystem));
  if (built) return [folder, ok("Corral's images", 'the cache has what they are made of')];
  const commands = await lookAtCommands(['apt-get', 'dpkg-deb', 'tar', 'flock']);
  return [folder, ...commands.map(toCheck), ...(await examineApt(commands))];
};
