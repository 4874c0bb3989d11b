import { formatDuration, parseDuration } from '../../../kube/duration.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import { describeLook, isAlike, type Look, lookOf } from '../../../ui/backup-look.ts';
import { judgeShown } from '../../../ui/judge-shown.ts';
import type { Context } from '../context.ts';
import { type BackupHandle, tellLabels } from '../handles.ts';
import { judgeRow } from './judge-row.ts';
import { looksOf, type PageHandle } from './page-handle.ts';
import { tellDelays } from './tell-delays.ts';

/** The steps that judge Longhorn's user interface, always by the custom resources. */
export type ThenOfPages = {
  /** The page shows these backups as their custom resources are now, or does so soon. */
  pageShows(page: PageHandle, ...backups: BackupHandle[]): Promise<void>;
  /** The row's menu offers what can be done to the backup, and its tooltips tell what went wrong, in full. */
  rowTells(page: PageHandle, backup: BackupHandle): Promise<void>;
  /** Since it was opened the page showed every state of these backups that lasted, soon, and none that they were not in. */
  pageFollowed(page: PageHandle, ...backups: BackupHandle[]): Promise<void>;
  /** Nobody has asked for the deletion of this backup, and it is Completed. */
  leftAlone(backup: BackupHandle): Promise<void>;
  /** The page that was cut off is connected again, by itself. */
  pageIsBack(page: PageHandle): Promise<void>;
  /** Nothing went wrong on the page, but what a cut brings about. */
  pageUntroubled(page: PageHandle): Promise<void>;
};

/** Makes those steps. */
export const createThenOfPages = (context: Context): ThenOfPages => {
  const { timelines, limits, report, version } = context;
  const { backups } = timelines;
  const wanted = ({ name }: BackupHandle): Look | undefined => {
    const backup = backups.current(name);
    return backup && lookOf(backup);
  };
  const untilShown = async ({ page }: PageHandle, made: readonly BackupHandle[]): Promise<void> => {
    const isShown = (backup: BackupHandle): boolean => isAlike(page.look(backup.name), wanted(backup));
    const { within, owner } = page.live().at(-1)?.to === Number.POSITIVE_INFINITY ? limits.pageFollows : limits.pageDrawn;
    if (await page.until(() => made.every(isShown), parseDuration(within))) return;
    const wrong = made
      .filter((backup) => !isShown(backup))
      .map((backup) => `- ${backup.label} is ${describeLook(wanted(backup))}, and the page shows ${describeLook(page.look(backup.name))}`);
    throw new Error(
      `the page does not show within ${formatDuration(parseDuration(within))} (${owner}) what the custom resources say:\n${wrong.join('\n')}`,
    );
  };

  return {
    pageShows: (page, ...made) =>
      context.step(
        `Then the page shows ${tellLabels(made)} as the custom resources are`,
        () => untilShown(page, made),
        () => made.map(({ name }) => describeLook(page.page.look(name))).join(', '),
      ),
    rowTells: (page, backup) =>
      context
        .step(
          `Then the row of ${backup.label} offers what can be done to it, and tells what went wrong`,
          () => judgeRow(page.page.table, { name: backup.name, backups, ready: () => untilShown(page, [backup]) }),
          ({ told }) => told,
        )
        .then(({ hidden }) => {
          if (hidden !== undefined)
            report.finding(toFinding('waiting-message-not-on-page', `Longhorn ${version} keeps back: "${hidden}".`));
        }),
    pageFollowed: (handle, ...made) =>
      context
        .step(
          `Then the page showed each state of ${tellLabels(made)} that lasted, within ${formatDuration(parseDuration(limits.pageFollows.within))}, and none that the custom resources had not`,
          async () => {
            await untilShown(handle, made);
            const { page } = handle;
            const judged = made.map(({ label, name }) =>
              judgeShown({
                label,
                history: looksOf(context, name, handle),
                shown: page.shown(name),
                connected: page.live(),
                limit: parseDuration(limits.pageFollows.within),
                end: Date.now(),
              }),
            );
            const problems = judged.flatMap((each) => each.problems);
            if (problems.length > 0)
              throw new Error(`the page and the custom resources differ:\n${problems.map((each) => `- ${each}`).join('\n')}`);
            return judged.flatMap(({ delays }) => delays);
          },
          tellDelays,
        )
        .then(() => {}),
    leftAlone: ({ name, label }) =>
      context.step(`Then ${label} is left alone`, async () => {
        const backup = backups.current(name);
        if (backup === undefined) throw new Error(`${label} (${name}) is gone`);
        if (backup.metadata.deletionTimestamp !== undefined || backupState(backup) !== 'Completed')
          throw new Error(
            `${label} (${name}) is ${describeBackup(backup)}${backup.metadata.deletionTimestamp === undefined ? '' : ', and its deletion was asked for'}`,
          );
      }),
    pageIsBack: ({ page, cutOff }) =>
      context
        .step(
          'Then the page is connected again, by itself',
          async () => {
            const { within, owner } = limits.pageReconnects;
            const since = cutOff.at(-1)?.from ?? 0;
            const isBack = (): boolean => page.log.connected().some(({ from, to }) => from > since && to === Number.POSITIVE_INFINITY);
            if (!(await page.until(isBack, parseDuration(within))))
              throw new Error(
                `the page did not connect again within ${formatDuration(parseDuration(within))} (${owner}); it shows what was before`,
              );
            return (page.log.connected().at(-1)?.from ?? since) - since;
          },
          (after) => `${formatDuration(after)} after the kill`,
        )
        .then(() => {}),
    pageUntroubled: ({ page, cutOff }) =>
      context.step('Then nothing went wrong on the page: no error in its console, no request that failed', async () => {
        const isOfCut = ({ at, text }: { at: number; text: string }): boolean =>
          /WebSocket connection|net::ERR_|: 50[234]\b/.test(text) && cutOff.some(({ from, to }) => at >= from && at < to);
        const troubles = page.log.troubles.filter((trouble) => !isOfCut(trouble));
        if (troubles.length > 0)
          throw new Error(`on the page something went wrong:\n${troubles.map(({ text }) => `- ${text}`).join('\n')}`);
      }),
  };
};
