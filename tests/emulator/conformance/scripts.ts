import { globSync } from 'node:fs';
import { chmod, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backupConfigPath, blocksPath, locksPath } from '../../../emulator/backupstore/paths.ts';
import type { Clock } from '../../../emulator/clocks.ts';
import { defaultEngineImage, engineBinaryPath } from '../../../emulator/modelled-on.ts';
import type { LocalCluster } from '../support/local-cluster.ts';
import { keepFile } from '../support/temporary-store.ts';
import type { Driver } from './driver.ts';
import {
  managerOf,
  noProcessWith,
  processWith,
  runInSlices,
  stopProcessWith,
  stoppedWhile,
  within,
} from './processes.ts';

/**
 * The volume of a recording and what its backups' and snapshots' names begin with, what the driver puts before
 * names, and where the volume is.
 */
type How = { volume: string; of: string; clock: Clock; prefix: string; node: string };

/** What was done for a recording, with its names. */
type Script = (driver: Driver, how: How) => Promise<void>;

const mebibyte = 1 << 20;

/** A volume with a first backup that everybody knows of. */
const given = async (driver: Driver, { volume, of, node }: How, method?: string): Promise<void> => {
  driver.begin();
  await driver.volume(volume, { node, ...(method && { method }) });
  await driver.write(node, volume, 8 * mebibyte);
  await driver.snapshot(`${of}-s1`, volume);
  await driver.backup(`${of}-b1`, { snapshot: `${of}-s1`, volume });
  await driver.untilSettled(`${of}-b1`, volume);
};

/** More data, and a second snapshot with it. */
const moreData = async (driver: Driver, { volume, of, node }: How, size = 8 * mebibyte): Promise<void> => {
  await driver.write(node, volume, size);
  await driver.snapshot(`${of}-s2`, volume);
  await driver.until(`${of}-s1`, { children: `${of}-s2` });
};

/** How many files of a folder fit a pattern. */
const count = (pattern: string, folder: string): number => globSync(pattern, { cwd: folder }).length;

/** The config of the first backup. */
const configOf = ({ store }: Driver, { prefix, volume, of }: How): string =>
  join(store, backupConfigPath(prefix + volume, `${prefix}${of}-b1`));

/** Stops the process that deletes the first backup while some work goes on. */
const whileHeld = async (
  driver: Driver,
  { prefix, of }: How,
  work: () => Promise<unknown>,
): Promise<void> => {
  const removal = await stopProcessWith('backup rm', `backup=${prefix}${of}-b1`);
  await stoppedWhile(removal, async () => {
    // The process is there at once, the watch on a busy machine later.
    await driver.until(`${of}-b1`, { state: 'Deleting' });
    await work();
  });
};

/**
 * Makes a second backup during the deletion of the first, which is held until it is seen to wait: by itself the
 * deletion takes a second, and a busy machine longer to come to a new backup.
 */
const secondWaits: Script = (driver, how) =>
  whileHeld(driver, how, async () => {
    const { volume, of } = how;
    await driver.backup(`${of}-b2`, { snapshot: `${of}-s2`, volume });
    await driver.until(`${of}-b2`, { state: 'Pending' });
  });

/**
 * Waits until a first backup has gone and a second one of the volume begins, and has its upload wait until
 * everybody knows that. The recorded uploads took seconds, which a little data and a busy machine do not
 * give.
 */
const firstGone: Script = async (driver, { prefix, volume, of }) => {
  const [upload] = await Promise.all([
    stopProcessWith('backup create', `"backup":"${prefix}${of}-b2"`),
    driver.until(`${of}-b1`, 'gone'),
  ]);
  await stoppedWhile(upload, () => driver.untilGone(`${of}-b1`, volume));
};

const wrapper = `#!/bin/sh
if [ "$1 $2" = "backup rm" ]; then
  echo "stubbed backup deletion for testing" >&2
  exit 1
fi
exec "$0-real" "$@"
`;

/**
 * Puts a script before the longhorn command of every node, by which no backup can be deleted; gives what
 * takes it away again.
 */
const wrapEngine = async ({ nodes, dataRoot }: LocalCluster): Promise<() => Promise<void>> => {
  const binaries = nodes.map((node) => engineBinaryPath(defaultEngineImage, dataRoot(node)));
  for (const binary of binaries) {
    await writeFile(`${binary}-wrapper`, wrapper);
    await chmod(`${binary}-wrapper`, 0o755);
    await rename(binary, `${binary}-real`);
    await rename(`${binary}-wrapper`, binary);
  }
  return async () => {
    for (const binary of binaries) await rename(`${binary}-real`, binary);
  };
};

/** A volume with a third backup, before which there was a second, which `meanwhile` may remove. */
const givenThird = async (driver: Driver, { volume, of, node }: How, meanwhile?: () => Promise<void>) => {
  await driver.volume(volume, { node });
  await driver.write(node, volume, 8 * mebibyte);
  await driver.snapshot(`${of}-s1`, volume);
  await driver.snapshot(`${of}-s2`, volume);
  await driver.backup(`${of}-b2`, { snapshot: `${of}-s2`, volume });
  await driver.untilSettled(`${of}-b2`, volume);
  await meanwhile?.();
  driver.begin();
  await driver.write(node, volume, 8 * mebibyte);
  await driver.snapshot(`${of}-s3`, volume);
  await driver.backup(`${of}-b3`, { snapshot: `${of}-s3`, volume });
  await driver.untilSettled(`${of}-b3`, volume);
};

/** A deletion by a longhorn command that cannot delete; mended later. */
const wrappedEngine: Script = async (driver, how) => {
  const { volume, of } = how;
  const meanwhile = async () => {
    await driver.delete(`${of}-b2`);
    await driver.untilGone(`${of}-b2`, volume);
  };
  await givenThird(driver, how, meanwhile);
  const unwrap = await wrapEngine(driver.local);
  driver.mark('delete b3');
  await driver.delete(`${of}-b3`);
  await driver.until(`${of}-b3`, { state: 'Error' });
  await unwrap();
  driver.mark('healed');
};

/** A completed backup deleted, a second one of the volume created at once. */
const normal: Script = async (driver, how) => {
  const { of } = how;
  await given(driver, how);
  await moreData(driver, how);
  driver.mark('when b1 deleted');
  await driver.delete(`${of}-b1`);
  await secondWaits(driver, how);
  await firstGone(driver, how);
};

/**
 * The first's config immutable; the second created while the first is Error, or at the moment of its deletion;
 * mutable after the second Error.
 */
const deleteError = async (driver: Driver, how: How, { atOnce = false } = {}): Promise<void> => {
  const { clock, volume, of } = how;
  await given(driver, how);
  await moreData(driver, how);
  const makeMutable = await keepFile(configOf(driver, how));
  // One that is created at once is held until the first resync after the first's Error, and must have ended
  // before the retry.
  const hasRoom = !atOnce || 2 * (clock.resync + clock.lockWait) < clock.deletionBackoffMin;
  if (!hasRoom) await driver.untilAwayFromResync(`${of}-b1`, clock.resync);
  driver.mark(atOnce ? 'delete b1, create b2' : 'when b1 deleted');
  await driver.delete(`${of}-b1`);
  if (atOnce) await secondWaits(driver, how);
  else {
    await driver.until(`${of}-b1`, { state: 'Error' });
    driver.mark('b1 is Error');
    await driver.backup(`${of}-b2`, { snapshot: `${of}-s2`, volume });
  }
  await driver.until(`${of}-b1`, { state: 'Error' }, 2);
  await driver.untilSettled(`${of}-b2`, volume);
  await makeMutable();
  driver.mark('chattr -i');
};

/** The first deleted while the second is uploading. */
const lockConflict: Script = async (driver, how) => {
  const { prefix, volume, of } = how;
  await given(driver, how, 'gzip');
  await moreData(driver, how, 64 * mebibyte);
  const blocks = join(driver.store, blocksPath(prefix + volume));
  const before = count('**/*.blk', blocks);
  await driver.backup(`${of}-b2`, { snapshot: `${of}-s2`, volume });
  const upload = await processWith('backup create', `"backup":"${prefix}${of}-b2"`);
  await within('the upload has stored a block', async () => count('**/*.blk', blocks) > before || undefined);
  // The recorded upload took 22 s; this one takes as long as the deletion needs to meet it.
  await stoppedWhile(upload, async () => {
    await driver.until(`${of}-b2`, { state: 'InProgress' });
    driver.mark('b2 in progress, delete b1');
    await driver.delete(`${of}-b1`);
    await driver.until(`${of}-b1`, { state: 'Error' });
  });
};

/**
 * Config immutable, the owner's manager killed under the deletion; mutable again after the next attempt has
 * failed.
 */
const controllerCrash: Script = async (driver, how) => {
  const { prefix, volume, of } = how;
  await given(driver, how);
  const makeMutable = await keepFile(configOf(driver, how));
  const owner = driver.ownerOf(`${of}-b1`);
  driver.mark('when b1 deleted');
  await driver.delete(`${of}-b1`);
  // The recorded process had stored its lock by then, and the one after it finds it: on a busy machine it would
  // have failed and removed the lock before the kill, so it is stopped with it.
  const first = await stopProcessWith('backup rm', `backup=${prefix}${of}-b1`);
  const locks = join(driver.store, locksPath(prefix + volume));
  await runInSlices(first, 'the deletion has stored its lock', () => count('*.lck', locks) > 0);
  await driver.until(`${of}-b1`, { state: 'Deleting' });
  driver.mark('kill owner');
  await driver.local.killManager(owner);
  driver.local.startManager(owner);
  // Healed after the second attempt has failed and before its manager has looked what became of it, which
  // it may at any moment: the attempt is stopped as soon as there is one.
  const [removal] = await Promise.all([
    stopProcessWith('backup rm', `backup=${prefix}${of}-b1`),
    driver.until(`${of}-b1`, { state: 'Deleting' }, 2),
  ]);
  await stoppedWhile(await managerOf(removal), async () => {
    process.kill(removal, 'SIGCONT');
    await noProcessWith('backup rm', `backup=${prefix}${of}-b1`);
    await makeMutable();
    driver.mark('chattr -i');
  });
};

/** The deletion's process stopped, and released after everybody has looked at it again. */
const held: Script = async (driver, how) => {
  const { clock, volume, of } = how;
  await given(driver, how);
  await moreData(driver, how);
  driver.mark('when b1 deleted');
  await driver.delete(`${of}-b1`);
  await whileHeld(driver, how, async () => {
    driver.mark('stopped pid');
    await driver.backup(`${of}-b2`, { snapshot: `${of}-s2`, volume });
    await driver.until(`${of}-b2`, { state: 'Pending' });
    // Long enough for every manager to have looked again, and to have changed nothing.
    await sleep(1.5 * clock.resync);
    driver.mark('released');
  });
  await firstGone(driver, how);
};

/** The manager killed under a stopped deletion. */
const heldCrash: Script = async (driver, how) => {
  const { clock, prefix, of } = how;
  await givenThird(driver, how);
  const owner = driver.ownerOf(`${of}-b3`);
  driver.mark('when b3 deleted');
  await driver.delete(`${of}-b3`);
  await stopProcessWith('backup rm', `backup=${prefix}${of}-b3`);
  await driver.until(`${of}-b3`, { state: 'Deleting' });
  driver.mark('stopped pid');
  await sleep(clock.resync / 3);
  await driver.local.killManager(owner);
  driver.mark('manager killed');
  driver.local.startManager(owner);
};

/** A recurring job of task backup, retain 1, that runs twice. */
const recurringJob: Script = async (driver, { clock, node }) => {
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
const faultyCleanup: Script = async (driver, { clock, node }) => {
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

/**
 * A script with what it needs: a cluster of its own, as it disturbs all of it; root, as only root can make a
 * single file immutable.
 */
export type Staged = Partial<Pick<How, 'volume' | 'of'>> & {
  run: Script;
  disturbs?: true;
  root?: true;
  /** Names that are left out. */
  leftOut?: RegExp;
};

/** A script for each recording. */
export const scripts: Record<string, Staged> = {
  'v1.12.1/normal': { run: normal, volume: 'vz-n', of: 'zn' },
  'v1.12.1/delete-error': { run: deleteError, volume: 'vz-e', of: 'ze', root: true },
  'v1.12.1/lock-conflict': { run: lockConflict, volume: 'vz-l', of: 'zl' },
  'v1.12.1/held': { run: held, volume: 'hold', of: 'ho' },
  'v1.12.1/controller-crash': { run: controllerCrash, volume: 'vz-c', of: 'zc', disturbs: true, root: true },
  'v1.12.1/held-crash': { run: heldCrash, volume: 'hold', of: 'ho', disturbs: true },
  'v1.12.1/recurring-job': { run: recurringJob },
  'v1.12.1/recurring-job-faulty-cleanup': { run: faultyCleanup, leftOut: /^ra$|[ -]ra$|-ra-|^rj-a$/ },
  'v1.8.2/normal': { run: normal, volume: 'vz-n', of: 'zn' },
  'v1.8.2/delete-error': { run: deleteError, volume: 'vz-e', of: 'ze', root: true },
  'v1.8.2/delete-error-same-time': {
    run: (driver, how) => deleteError(driver, how, { atOnce: true }),
    ...{ volume: 'same', of: 'sa', root: true },
  },
  'v1.8.2/wrapped-engine': { run: wrappedEngine, volume: 'same', of: 'sa', disturbs: true },
};

const mayRun = ({ root }: Staged): boolean => !root || process.getuid?.() === 0;

const namesOf = (is: (staged: Staged) => boolean): string[] =>
  Object.entries(scripts).flatMap(([name, staged]) => (is(staged) ? [name] : []));

/** The recordings by how their scripts are run here. */
export const groups = {
  together: namesOf((staged) => mayRun(staged) && !staged.disturbs),
  apart: namesOf((staged) => mayRun(staged) && staged.disturbs === true),
  /** Not run by an ordinary user. */
  left: namesOf((staged) => !mayRun(staged)),
};
