import type { BlockMapping } from '../../../backupstore/config.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';

/** What is wrong with the blocks of a backup of a volume that was restored with others, a few words each; nothing where they are the same. */
export const differencesOf = (written: readonly BlockMapping[], found: readonly BlockMapping[]): string[] => {
  const at = new Map(found.map(({ offset, checksum }) => [offset, checksum]));
  const isOther = ({ offset, checksum }: BlockMapping): boolean => at.has(offset) && at.get(offset) !== checksum;
  const places = new Set(written.map(({ offset }) => offset));
  const kinds: [string, readonly BlockMapping[]][] = [
    ['hold other data', written.filter(isOther)],
    ['are missing', written.filter(({ offset }) => !at.has(offset))],
    ['were never written', found.filter(({ offset }) => !places.has(offset))],
  ];
  return kinds
    .filter(([, blocks]) => blocks.length > 0)
    .map(([what, blocks]) => `${blocks.length} of its blocks ${what}, such as that at ${blocks[0]?.offset}`);
};

/**
 * A volume without a block device cannot be read, so this is how its data are judged: a completed backup of it has the blocks that it was
 * restored with, by their checksums. Nothing is done for a volume that was written to through a device.
 */
export const judgeRestored = async ({ step, store }: Context, { name, label, volume }: BackupHandle): Promise<void> => {
  const { restored } = volume;
  if (restored === undefined) return;
  await step(
    `Then ${label} has the data that the volume was restored with`,
    async () => {
      const config = await store.config(volume.name, name);
      if (config === undefined) throw new Error(`the store has no config of ${label} (${name})`);
      const differences = differencesOf(restored, config.blocks);
      if (differences.length > 0)
        throw new Error(`${label} (${name}) is not of what volume ${volume.name} was restored with: ${differences.join('; ')}`);
    },
    () => `${restored.length} blocks, each with the checksum that was written`,
  );
};
