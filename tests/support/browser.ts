import { findChromium, whyNoBrowser } from '../../e2e/ui/chromium.ts';
import { fetchBrowser } from '../../providers/browser.ts';
import { plainProgress } from '../../providers/progress.ts';

/**
 * The browser that tests open pages in: this machine's, or the one that runs fetch; undefined where none can
 * be fetched, which in CI is an error. Awaited at the top of a file: no time-out of a test's meets the fetching.
 */
export const browserForTests = async (): Promise<string | undefined> => {
  const progress = plainProgress((line) => void process.stderr.write(`${line}\n`));
  const browser = findChromium(process.env) ?? (await fetchBrowser({ progress }));
  if (browser === undefined && process.env.CI) throw new Error(whyNoBrowser(process.env));
  return browser;
};
