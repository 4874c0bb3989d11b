import { formatDuration, parseDuration } from '../../../kube/duration.ts';
import type { Context } from '../context.ts';
import type { PageHandle } from './page-handle.ts';

/**
 * Waits where every manager was killed and the page's connection had ended no more often than `losses` times: the last packet of the manager that it was
 * connected to was lost, so it lasts until the proxy in between gives it up. For how long the page was not told of anything is a finding.
 */
export const untilLostLate = async (
  { limits, report, version }: Pick<Context, 'limits' | 'report' | 'version'>,
  { page, cutOff }: Pick<PageHandle, 'page' | 'cutOff'>,
  losses: number,
): Promise<void> => {
  const { within, owner } = limits.pageStale;
  const [first, last] = [cutOff.at(0)?.from ?? 0, cutOff.at(-1)];
  if (!(await page.until(() => page.log.losses() > losses, parseDuration(within))))
    throw new Error(
      `the page kept its connection for ${formatDuration(parseDuration(within))} (${owner}) after every longhorn-manager was killed: nothing that it shows is live`,
    );
  const now = Date.now();
  if (last !== undefined) last.to = now + parseDuration(limits.pageReconnects.within);
  report.finding({
    title: 'The page goes on showing an old table after the manager that it was connected to is gone',
    detail: `For ${formatDuration(now - (last?.from ?? now))} to ${formatDuration(now - first)} in Longhorn ${version}, by which of the killed managers it was connected to: the end of its connection never reached it, and only the proxy in between ended it. The page shows nothing of that.`,
  });
};
