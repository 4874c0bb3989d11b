import { globSync } from 'node:fs';
import { join } from 'node:path';
import { backupConfigPath } from '../../../emulator/backupstore/paths.ts';
import type { Clock } from '../../../emulator/clocks.ts';
import type { Driver } from './driver.ts';
import { processWith, stoppedWhile } from './processes.ts';

/**
 * What was done for a recording, told again by its names; `prefix` is what the driver puts before them,
 * `node` where the volume is.
 */
export type Play = (driver: Driver, how: { clock: Clock; prefix: string; node: string }) => Promise<void>;

/** The volume of a recording, and what its backups' and snapshots' names begin with. */
export type Names = { volume: string; of: string };

export const mebibyte = 1 << 20;

/** A volume with a first backup that everybody knows of. */
export const given = async (
  driver: Driver,
  { volume, of }: Names,
  { node, method }: { node: string; method?: string },
): Promise<void> => {
  driver.begin();
  await driver.volume(volume, { node, ...(method && { method }) });
  await driver.write(node, volume, 8 * mebibyte);
  await driver.snapshot(`${of}-s1`, volume);
  await driver.backup(`${of}-b1`, { snapshot: `${of}-s1`, volume });
  await driver.untilSettled(`${of}-b1`, volume);
};

/** More data, and a second snapshot with it. */
export const moreData = async (
  driver: Driver,
  { volume, of }: Names,
  { node, size = 8 }: { node: string; size?: number },
): Promise<void> => {
  await driver.write(node, volume, size * mebibyte);
  await driver.snapshot(`${of}-s2`, volume);
  await driver.until(`${of}-s1`, { children: `${of}-s2` });
};

/** How many files of a folder fit a pattern. */
export const count = (pattern: string, folder: string): number => globSync(pattern, { cwd: folder }).length;

/** The config of the first backup. */
export const configOf = ({ store }: Driver, prefix: string, { volume, of }: Names): string =>
  join(store, backupConfigPath(prefix + volume, `${prefix}${of}-b1`));

/**
 * Waits until a first backup has gone and a second one of the volume begins, and has its upload wait until
 * everybody knows that. The recorded uploads took seconds, which a little data and a busy machine do not
 * give.
 */
export const firstGone = async (driver: Driver, prefix: string, { volume, of }: Names): Promise<void> => {
  await driver.until(`${of}-b1`, 'gone');
  const upload = await processWith('backup create', `"backup":"${prefix}${of}-b2"`);
  await stoppedWhile(upload, () => driver.untilGone(`${of}-b1`, volume));
};
