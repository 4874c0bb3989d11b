import type { Steps } from './steps/steps.ts';

/** A volume with data (a little, unless a range is given), and a backup with which Longhorn is done. */
export const backedUpVolume = async (
  given: Steps['given'],
  options?: Parameters<Steps['given']['volume']>[0],
  range?: Parameters<Steps['given']['data']>[1],
) => {
  const volume = await given.volume(options);
  const data = [await given.data(volume, range)];
  return { volume, data, backup: await given.settledBackup(volume) };
};

/** A volume with a backup, and a standby volume that was made of it and has its data. */
export const followedVolume = async ({ given, when, then }: Pick<Steps, 'given' | 'when' | 'then'>) => {
  const { volume, data, backup } = await backedUpVolume(given);
  const standby = await when.standbyMade(backup);
  await then.follows(standby, backup);
  return { volume, data, backup, standby };
};
