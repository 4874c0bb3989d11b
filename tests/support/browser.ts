import { findChromium, whyNoBrowser } from '../../e2e/ui/chromium.ts';
import { fetchBrowser } from '../../providers/browser.ts';
import { plainProgress } from '../../providers/progress.ts';

/**
 * The browser for tests of pages: this machine's, or the one that runs download. Undefined if none can be downloaded,
 * which is an error in CI. Await it at the top of a file, because the time-out of a test does not include a download.
 */
export const browserForTests = async (): Promise<string | undefined> => {
  const progress = plainProgress((line) => void process.stderr.write(`${line}\n`));
  const browser = findChromium(process.env) ?? (await fetchBrowser({ progress }));
  if (browser === undefined && process.env.CI) throw new Error(whyNoBrowser(process.env));
  return browser;
};
