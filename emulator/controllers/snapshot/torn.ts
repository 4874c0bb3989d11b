import { open, rename, rm } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { snapshotPath } from '../../engine/replica-files.ts';

// With the superblock of ext4 in the first one, whole.
const slice = 2048;

/** Replaces each second slice of a file by that of another one. */
const mixIn = async (from: string, to: string): Promise<void> => {
  const [other, file] = await Promise.all([open(from), open(to, 'r+')]);
  try {
    const [theirs, ours] = [Buffer.alloc(1024 * 1024), Buffer.alloc(1024 * 1024)];
    for (let at = 0; ; at += ours.length) {
      const { bytesRead } = await file.read(ours, 0, ours.length, at);
      if (bytesRead === 0) return;
      await other.read(theirs, 0, theirs.length, at);
      for (let odd = slice; odd < bytesRead; odd += 2 * slice) theirs.copy(ours, odd, odd, odd + slice);
      await file.write(ours, 0, bytesRead, at);
    }
  } finally {
    for (const each of [other, file]) await each.close();
  }
};

/** For a mutant: takes a snapshot in which a part of the volume is as it was some seconds before. */
export const takeTorn = async (
  directory: string,
  snapshot: string,
  take: () => Promise<void>,
): Promise<void> => {
  const before = `${directory}/corral-before.img`;
  await take();
  await rename(snapshotPath(directory, snapshot), before);
  await setTimeout(3_000);
  await take();
  await mixIn(before, snapshotPath(directory, snapshot));
  await rm(before);
};
