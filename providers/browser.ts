import { PreconditionError } from '../e2e/machine/precondition-error.ts';
import { findChromium } from '../e2e/ui/chromium.ts';
import { browserArtifact, browserBinary } from '../lab/build/browser.ts';
import { withBuildSignal } from '../lab/build/signal.ts';
import { isCached } from '../lab/cache/cache.ts';
import { openCache } from '../lab/cache/folders.ts';
import { withSharedCache } from '../lab/cache/lock.ts';
import { canUseApt } from '../lab/debian/can-use-apt.ts';
import { checkCommands } from '../lab/fitness.ts';
import { browserTitle } from '../lab/prepare.ts';
import { withProgress } from '../lab/step.ts';
import type { ProgressDisplay } from './provider.ts';

type Environment = NodeJS.ProcessEnv;

const isWanted = (environment: Environment): boolean =>
  !environment.CORRAL_CHROMIUM && findChromium(environment) === undefined;

/**
 * The path of the browser in the cache. Undefined if this machine has a browser, CORRAL_CHROMIUM names one,
 * or the cache has none.
 */
export const fetchedBrowser = async (environment: Environment = process.env): Promise<string | undefined> =>
  isWanted(environment) && (await isCached(browserArtifact())) ? browserBinary() : undefined;

const canFetch = async (): Promise<boolean> => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return false;
  const commands = await checkCommands(['tar', 'flock']);
  if (commands.some(({ failure }) => failure !== undefined)) return false;
  // An unusable mirror is reported later, when something is downloaded from it.
  return canUseApt().catch(() => true);
};

/**
 * Whether a run fetches a browser. It does if this machine has none, CORRAL_CHROMIUM names none, and the
 * cache has one or apt knows a Debian archive.
 */
export const fetchesBrowser = async (environment: Environment = process.env): Promise<boolean> =>
  isWanted(environment) && ((await isCached(browserArtifact())) || (await canFetch()));

/**
 * Fetches a browser for pages if this machine has none, and returns its path. Undefined if there is one, or
 * none can be fetched. Throws PreconditionError if the download fails.
 */
export const fetchBrowser = async ({
  signal,
  progress,
}: {
  signal?: AbortSignal;
  progress: Pick<ProgressDisplay, 'step'>;
}): Promise<string | undefined> => {
  // A browser in the cache needs no step.
  const before = await fetchedBrowser();
  if (before !== undefined || !(await fetchesBrowser())) return before;
  const fetch = () => withBuildSignal(signal, () => withSharedCache(browserBinary));
  try {
    await openCache();
    return await progress.step(browserTitle, (update) => withProgress(update, fetch));
  } catch (error) {
    if (!(error instanceof PreconditionError)) throw error;
    const remedies = [error.remedy, 'install Chromium'].filter((remedy) => remedy !== undefined);
    throw new PreconditionError({ ...error, remedy: remedies.join(', or ') });
  }
};
