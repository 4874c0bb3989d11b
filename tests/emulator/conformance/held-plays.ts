import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { locksPath } from '../../../emulator/backupstore/paths.ts';
import { keepFile } from '../support/temporary-store.ts';
import { configOf, count, firstGone, given, mebibyte, moreData, type Names, type Play } from './play.ts';
import { managerOf, noProcessWith, processWith, stoppedWhile, within } from './processes.ts';

/**
 * Config immutable, the owner's manager killed under the deletion; mutable again after the next attempt has
 * failed.
 */
export const controllerCrash =
  (names: Names): Play =>
  async (driver, { node, prefix }) => {
    const { of } = names;
    await given(driver, names, { node });
    const letGo = await keepFile(configOf(driver, prefix, names));
    const owner = driver.ownerOf(`${of}-b1`);
    driver.mark('when b1 deleted');
    await driver.delete(`${of}-b1`);
    await driver.until(`${of}-b1`, { state: 'Deleting' });
    // The recorded process had stored its lock by then; the one after it finds it.
    const locks = join(driver.store, locksPath(prefix + names.volume));
    await within('the deletion has stored its lock', async () => count('*.lck', locks) > 0 || undefined);
    driver.mark('kill owner');
    await driver.local.killManager(owner);
    driver.local.startManager(owner);
    await driver.until(`${of}-b1`, { state: 'Deleting' }, 2);
    // Healed after the second attempt has failed and before its manager has looked what became of it, which
    // it may at any moment.
    const removal = await processWith('backup rm', `backup=${prefix}${of}-b1`);
    await stoppedWhile(await managerOf(removal), async () => {
      await noProcessWith('backup rm', `backup=${prefix}${of}-b1`);
      await letGo();
      driver.mark('chattr -i');
    });
  };

/** The deletion's process stopped, and released after everybody has looked at it again. */
export const held =
  (names: Names): Play =>
  async (driver, { clock, node, prefix }) => {
    const { volume, of } = names;
    await given(driver, names, { node });
    await moreData(driver, names, { node });
    driver.mark('when b1 deleted');
    await driver.delete(`${of}-b1`);
    const removal = await processWith('backup rm', `backup=${prefix}${of}-b1`);
    await stoppedWhile(removal, async () => {
      // The process is there at once, the watch on a busy machine later.
      await driver.until(`${of}-b1`, { state: 'Deleting' });
      driver.mark('stopped pid');
      await driver.backup(`${of}-b2`, { snapshot: `${of}-s2`, volume });
      // Long enough for every manager to have looked again, and to have changed nothing.
      await sleep(1.5 * clock.resync);
      driver.mark('released');
    });
    await firstGone(driver, prefix, names);
  };

/** The manager killed under a stopped deletion. */
export const heldCrash =
  ({ volume, of }: Names): Play =>
  async (driver, { clock, node, prefix }) => {
    await driver.volume(volume, { node });
    await driver.write(node, volume, 8 * mebibyte);
    await driver.snapshot(`${of}-s1`, volume);
    await driver.snapshot(`${of}-s2`, volume);
    await driver.backup(`${of}-b2`, { snapshot: `${of}-s2`, volume });
    await driver.untilSettled(`${of}-b2`, volume);
    driver.begin();
    await driver.write(node, volume, 8 * mebibyte);
    await driver.snapshot(`${of}-s3`, volume);
    await driver.backup(`${of}-b3`, { snapshot: `${of}-s3`, volume });
    await driver.untilSettled(`${of}-b3`, volume);
    const owner = driver.ownerOf(`${of}-b3`);
    driver.mark('when b3 deleted');
    await driver.delete(`${of}-b3`);
    process.kill(await processWith('backup rm', `backup=${prefix}${of}-b3`), 'SIGSTOP');
    await driver.until(`${of}-b3`, { state: 'Deleting' });
    driver.mark('stopped pid');
    await sleep(clock.resync / 3);
    await driver.local.killManager(owner);
    driver.mark('manager killed');
    driver.local.startManager(owner);
  };
