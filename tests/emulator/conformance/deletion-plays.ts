import { join } from 'node:path';
import { blocksPath } from '../../../emulator/backupstore/paths.ts';
import { keepFile } from '../support/temporary-store.ts';
import { configOf, count, firstGone, given, moreData, type Names, type Play } from './play.ts';
import { processWith, stoppedWhile, within } from './processes.ts';

/** A completed backup deleted, a second one of the volume created at once. */
export const normal =
  (names: Names): Play =>
  async (driver, { node, prefix }) => {
    const { volume, of } = names;
    await given(driver, names, { node });
    await moreData(driver, names, { node });
    driver.mark('when b1 deleted');
    await driver.delete(`${of}-b1`);
    await driver.until(`${of}-b1`, { state: 'Deleting' });
    await driver.backup(`${of}-b2`, { snapshot: `${of}-s2`, volume });
    await firstGone(driver, prefix, names);
  };

/**
 * The first's config immutable; the second created while the first is Error; mutable after the second Error.
 */
export const deleteError =
  (names: Names): Play =>
  async (driver, { node, prefix }) => {
    const { volume, of } = names;
    await given(driver, names, { node });
    await moreData(driver, names, { node });
    const letGo = await keepFile(configOf(driver, prefix, names));
    driver.mark('when b1 deleted');
    await driver.delete(`${of}-b1`);
    await driver.until(`${of}-b1`, { state: 'Error' });
    driver.mark('b1 is Error');
    await driver.backup(`${of}-b2`, { snapshot: `${of}-s2`, volume });
    await driver.until(`${of}-b1`, { state: 'Error' }, 2);
    await driver.untilSettled(`${of}-b2`, volume);
    await letGo();
    driver.mark('chattr -i');
  };

/** The same with the second created at the moment of the first's deletion. */
export const deleteErrorSameTime =
  (names: Names): Play =>
  async (driver, { clock, node, prefix }) => {
    const { volume, of } = names;
    await given(driver, names, { node });
    await moreData(driver, names, { node });
    const letGo = await keepFile(configOf(driver, prefix, names));
    // The second is held until the first resync after the first's Error, and must have ended before the
    // retry.
    const hasRoom = 2 * (clock.resync + clock.lockWait) < clock.deletionBackoffMin;
    if (!hasRoom) await driver.untilAwayFromResync(`${of}-b1`, clock.resync);
    driver.mark('delete b1, create b2');
    await driver.delete(`${of}-b1`);
    await driver.until(`${of}-b1`, { state: 'Deleting' });
    await driver.backup(`${of}-b2`, { snapshot: `${of}-s2`, volume });
    await driver.until(`${of}-b1`, { state: 'Error' }, 2);
    await driver.untilSettled(`${of}-b2`, volume);
    await letGo();
    driver.mark('chattr -i');
  };

/** The first deleted while the second is uploading. */
export const lockConflict =
  (names: Names): Play =>
  async (driver, { node, prefix }) => {
    const { volume, of } = names;
    await given(driver, names, { node, method: 'gzip' });
    await moreData(driver, names, { node, size: 16 });
    const blocks = join(driver.store, blocksPath(prefix + volume));
    const before = count('**/*.blk', blocks);
    await driver.backup(`${of}-b2`, { snapshot: `${of}-s2`, volume });
    const upload = await processWith('backup create', `"backup":"${prefix}${of}-b2"`);
    await within(
      'the upload has stored a block',
      async () => count('**/*.blk', blocks) > before || undefined,
    );
    // The recorded upload took 22 s; this one takes as long as the deletion needs to meet it.
    await stoppedWhile(upload, async () => {
      await driver.until(`${of}-b2`, { state: 'InProgress' });
      driver.mark('b2 in progress, delete b1');
      await driver.delete(`${of}-b1`);
      await driver.until(`${of}-b1`, { state: 'Error' });
    });
  };
