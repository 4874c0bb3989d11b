import { mebibyte, type Play } from './play.ts';

/** A recurring job of task backup, retain 1, that runs twice. */
export const recurringJob: Play = async (driver, { clock, node }) => {
  driver.begin();
  await driver.volume('vz-r', { node });
  await driver.recurringJob('rj-e2e', 'vz-r');
  await driver.until('rj-e2e', { runs: '0' });
  await driver.write(node, 'vz-r', 8 * mebibyte);
  await driver.runJob('rj-e2e', clock);
  await driver.until('vz-r', { lastBackup: 'backup-of-vz-r-1' });
  await driver.until('backup-of-vz-r-1', { ownedBy: 'BackupVolume' });
  await driver.runJob('rj-e2e', clock);
};

/**
 * Two volumes with a job each; the deletion of the backups of one and of the snapshots of the other denied;
 * five runs, healed, one more. The recording's third volume, with immutable configs, is left out: how often
 * its old backups fail between two runs hangs on where the back-off falls in 12 min of cron, and delete-error
 * has it. The heal met the end of the fifth run there; here it comes right after it.
 */
export const faultyCleanup: Play = async (driver, { clock, node }) => {
  const both = (work: (of: 'b' | 'c') => Promise<void>) => Promise.all([work('b'), work('c')]);
  const run = () => both((of) => driver.runJob(`rj-${of}`, clock));
  const settled = (of: 'b' | 'c', backup: number) =>
    driver.until(`r${of}`, { lastBackup: `backup-of-r${of}-${backup}` });
  driver.begin();
  await both(async (of) => {
    await driver.volume(`r${of}`, { node });
    await driver.write(node, `r${of}`, 2 * mebibyte);
    await driver.recurringJob(`rj-${of}`, `r${of}`);
    await driver.until(`rj-${of}`, { runs: '0' });
  });
  // One after the other: the first backup of a volume brings all volumes of the store to the cluster's
  // notice, and with the other one its backup, in the moment between the end of its upload and the question
  // for it. The recording has half a second between them, and was lucky.
  for (const of of ['b', 'c'] as const) {
    await driver.runJob(`rj-${of}`, clock);
    await settled(of, 1);
  }
  const allowBackups = await driver.denyDeletion('backups', 'rb');
  const allowSnapshots = await driver.denyDeletion('snapshots', 'rc');
  await run();
  await both((of) => settled(of, 2));
  await driver.until('backup-of-rc-1', 'gone');
  for (const backup of [3, 4, 5]) {
    await run();
    await settled('b', backup);
    await driver.until(`snapshot-of-rb-${backup - 2}`, 'gone');
  }
  await allowBackups();
  await allowSnapshots();
  driver.mark('healed');
  await run();
};
