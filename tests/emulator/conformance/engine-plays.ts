import { mebibyte, type Names, type Play } from './play.ts';
import { wrapEngine } from './wrapped-engine.ts';

/** A deletion by a longhorn command that cannot delete; mended later. */
export const wrappedEngine =
  ({ volume, of }: Names): Play =>
  async (driver, { node }) => {
    await driver.volume(volume, { node });
    await driver.write(node, volume, 8 * mebibyte);
    await driver.snapshot(`${of}-s1`, volume);
    await driver.snapshot(`${of}-s2`, volume);
    await driver.backup(`${of}-b2`, { snapshot: `${of}-s2`, volume });
    await driver.untilSettled(`${of}-b2`, volume);
    await driver.delete(`${of}-b2`);
    await driver.untilGone(`${of}-b2`, volume);
    driver.begin();
    await driver.write(node, volume, 8 * mebibyte);
    await driver.snapshot(`${of}-s3`, volume);
    await driver.backup(`${of}-b3`, { snapshot: `${of}-s3`, volume });
    await driver.untilSettled(`${of}-b3`, volume);
    const unwrap = await wrapEngine(driver.local);
    driver.mark('delete b3');
    await driver.delete(`${of}-b3`);
    await driver.until(`${of}-b3`, { state: 'Error' });
    await unwrap();
    driver.mark('healed');
  };
