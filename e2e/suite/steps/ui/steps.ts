import { formatDuration, parseDuration } from '../../../kube/duration.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import { type Delay, judgeShown } from '../../../ui/judge-shown.ts';
import { describeRowState, isAlike, type RowState, rowStateOf } from '../../../ui/row-state.ts';
import type { Context } from '../context.ts';
import {
  type BackupHandle,
  describeLabels,
  type PageHandle,
  type TablePageHandle,
  type VolumeHandle,
} from '../handles.ts';
import { throwIfAny } from '../judging.ts';
import { step } from '../step.ts';
import { killUntilLost, openBackupPage, rowStatesOf } from './page.ts';
import { judgeRow } from './row.ts';

const unseenCreation = /^POST \/v1\/\w+: 404$/;
const lineOf404 = /^console: Failed to load resource: .*\b404\b/;

/** Waits until a page shows the state of these backups' custom resources. */
const untilShown = async (
  { timelines: { backups }, timeouts }: Context,
  { page }: PageHandle,
  made: readonly BackupHandle[],
): Promise<void> => {
  const wanted = ({ name }: BackupHandle): RowState | undefined => {
    const backup = backups.current(name);
    return backup && rowStateOf(backup);
  };
  const receivedOf = ({ name }: BackupHandle): RowState | undefined => page.log.received(name).at(-1)?.row;
  const isShown = (backup: BackupHandle): boolean => isAlike(page.rowOf(backup.name), wanted(backup));
  const isReceived = (backup: BackupHandle): boolean => isAlike(receivedOf(backup), wanted(backup));
  const isLive = page.live().at(-1)?.to === Number.POSITIVE_INFINITY;
  let { within, owner } = isLive ? timeouts.pageFollows : timeouts.pageDrawn;
  if (await page.until(() => made.every(isShown), parseDuration(within))) return;
  const late = made.filter((backup) => !isShown(backup));
  if (isLive && late.length > 0 && !late.some(isReceived)) {
    ({ within, owner } = timeouts.pageReceives);
    if (await page.until(() => made.every(isShown), parseDuration(within))) return;
  }
  const wrong = made
    .filter((backup) => !isShown(backup))
    .map(
      (backup) =>
        `- ${backup.label} is ${describeRowState(wanted(backup))}, and the page shows ${describeRowState(page.rowOf(backup.name))}: longhorn-manager has sent it ${isReceived(backup) ? 'what is so' : describeRowState(receivedOf(backup))}`,
    );
  // Also thrown if the page became correct just now, because that was too late.
  throw new Error(
    `the page does not show within ${formatDuration(parseDuration(within))} (${owner}) what the custom resources say:\n${wrong.join('\n')}`,
  );
};

/**
 * The steps that open a page of Longhorn's user interface, act on it or on its managers, and compare it with the
 * custom resources.
 */
export const uiSteps = {
  /** Opens the page of the volume's backups. At least one backup must be settled. */
  'given.backupPage': step({
    sentence: "Given the page of the volume's backups in Longhorn's user interface",
    action: (context: Context, volume: VolumeHandle) => openBackupPage(context, volume),
    detail: ({ forward }) => `through ${forward.pod()}`,
  }),
  /** Uses the menu of the row. The dialog must name the backup and is confirmed. */
  'when.deletedOnPage': step({
    sentence: 'When {backup} is deleted on the page, where a dialog names it',
    parameters: (_, backup) => ({ backup }),
    action: async ({ timelines, made }: Context, { page }: PageHandle, backup: BackupHandle) => {
      const { question, confirm } = await page.table.askToDelete(backup.name);
      const others = made.backups.filter((name) => name !== backup.name && question.includes(name));
      if (!question.includes(backup.name) || others.length > 0)
        throw new Error(
          `the dialog does not ask about ${backup.name}, whose menu it was opened from: "${question}"`,
        );
      backup.since.deleted = timelines.backups.lastSequence();
      await confirm();
      return question;
    },
    detail: (question) => `"${question}"`,
  }),
  /**
   * Kills one longhorn-manager pod after the other. If the page stays connected until the proxy closes the
   * connection, that is a finding.
   */
  'when.pageDisconnected': step({
    sentence: 'When longhorn-manager pods are killed, until the page has lost its connection',
    action: (context: Context, page: PageHandle) => killUntilLost(context, page),
    detail: (killed) => killed.join(', '),
  }),
  /** Waits until the page shows the present state. */
  'then.pageShows': step({
    sentence: 'Then the page shows {backups} in the states of the custom resources',
    parameters: (_, ...made) => ({ backups: describeLabels(made) }),
    action: (context: Context, page: PageHandle, ...made: BackupHandle[]) => untilShown(context, page, made),
    detail: (_, __, { page }, ...made) =>
      made.map(({ name }) => describeRowState(page.rowOf(name))).join(', '),
  }),
  /** The menu must offer the right actions, and the tooltips must contain the complete error messages. */
  'then.rowShows': step({
    sentence: 'Then the row of {backup} has the right actions, and shows what went wrong',
    parameters: (_, backup) => ({ backup }),
    action: async (context: Context, page: PageHandle, backup: BackupHandle) => {
      const { timelines, report, version } = context;
      const { summary, hidden } = await judgeRow(page.page.table, {
        name: backup.name,
        backups: timelines.backups,
        ready: () => untilShown(context, page, [backup]),
      });
      if (hidden !== undefined)
        report.finding(
          toFinding('waiting-message-not-on-page', `Longhorn ${version} does not show: "${hidden}".`),
        );
      return summary;
    },
    detail: (summary) => summary,
  }),
  /** Covers the time since the page was opened. */
  'then.pageFollowed': step({
    sentence:
      'Then the page showed each state of {backups} that lasted, within {time}, and none that the custom resources had not',
    parameters: (_, ...made) => ({
      backups: describeLabels(made),
      time: ({ timeouts }: Context) => formatDuration(parseDuration(timeouts.pageFollows.within)),
    }),
    action: async (context: Context, handle: PageHandle, ...made: BackupHandle[]) => {
      const { timeouts, report, version } = context;
      await untilShown(context, handle, made);
      const { page } = handle;
      const [follows, receives] = [timeouts.pageFollows, timeouts.pageReceives].map(({ within }) =>
        parseDuration(within),
      ) as [number, number];
      const judged = made.map(({ label, name }) => {
        const rest = { label, connected: page.live(), end: Date.now() };
        const [history, received, shown] = [
          rowStatesOf(context, name, handle),
          page.log.received(name),
          page.shown(name),
        ];
        return {
          received: judgeShown({ ...rest, what: 'received', history, shown: received, limit: receives }),
          shown: judgeShown({ ...rest, what: 'shown', history: received, shown, limit: follows }),
          both: judgeShown({ ...rest, what: 'shown', history, shown, limit: Number.POSITIVE_INFINITY }),
        };
      });
      const late = judged.flatMap(({ received }) => received.delays).filter(({ delay }) => delay > follows);
      if (late.length > 0)
        report.finding(toFinding('page-updated-late', `Longhorn ${version}: ${describeDelays(late)}.`));
      throwIfAny(
        judged.flatMap(({ received, shown }) => [...received.problems, ...shown.problems]),
        'the page and the custom resources differ',
      );
      return judged.flatMap(({ both }) => both.delays);
    },
    detail: (delays) => describeDelays(delays),
  }),
  /** The backup is Completed, and its deletion was not requested. */
  'then.unchanged': step({
    sentence: 'Then {backup} is unchanged',
    action: async ({ timelines }: Context, { name, label }: BackupHandle) => {
      const backup = timelines.backups.current(name);
      if (backup === undefined) throw new Error(`${label} (${name}) is gone`);
      if (backup.metadata.deletionTimestamp !== undefined || backupState(backup) !== 'Completed')
        throw new Error(
          `${label} (${name}) is ${describeBackup(backup)}${backup.metadata.deletionTimestamp === undefined ? '' : ', and its deletion was asked for'}`,
        );
    },
  }),
  /** The page reconnects after it was cut off. */
  'then.pageIsBack': step({
    sentence: 'Then the page is connected again, by itself',
    action: async ({ timeouts }: Context, { page, disconnections }: PageHandle) => {
      const { within, owner } = timeouts.pageReconnects;
      const since = disconnections.at(-1)?.from ?? 0;
      const isBack = (): boolean =>
        page.log.connected().some(({ from, to }) => from > since && to === Number.POSITIVE_INFINITY);
      if (!(await page.until(isBack, parseDuration(within))))
        throw new Error(
          `the page did not connect again within ${formatDuration(parseDuration(within))} (${owner}); it shows what was before`,
        );
      return (page.log.connected().at(-1)?.from ?? since) - since;
    },
    detail: (after) => `${formatDuration(after)} after the kill`,
  }),
  /** Ignores errors that a cut-off causes, and creations that are answered too early, which are a finding. */
  'then.pageHasNoError': step({
    sentence: 'Then the page has no error in its console, and no request failed',
    action: async (
      { report, version }: Context,
      { page, disconnections }: Pick<PageHandle | TablePageHandle, 'page' | 'disconnections'>,
    ) => {
      const isOfCut = ({ at, text }: { at: number; text: string }): boolean =>
        /WebSocket connection|net::ERR_|: 50[234]\b/.test(text) &&
        disconnections.some(({ from, to }) => at >= from && at < to);
      const { errors = [], unseen = [] } = Object.groupBy(
        page.log.errors.filter((error) => !isOfCut(error)),
        ({ text }) => (unseenCreation.test(text) ? 'unseen' : 'errors'),
      );
      if (unseen.length > 0)
        report.finding({
          code: 'creation-answered-early',
          title: 'The page reports an error for what was made',
          detail: `Longhorn ${version} made it, and answered 404: ${unseen.map(({ text }) => text).join(', ')}. longhorn-manager looks for a new object for 2 s (datastore/longhorn.go, verifyCreation), and had not heard of it by then.`,
        });
      // The console has a line for each.
      const lines = errors.filter(({ text }) => lineOf404.test(text)).slice(0, unseen.length);
      throwIfAny(
        errors.filter((error) => !lines.includes(error)).map(({ text }) => text),
        'on the page something went wrong',
      );
    },
  }),
};

/**
 * Describes the longest delay between the custom resource and the page for each state: `Deleting after 0.4 s, a bar
 * after 1.1 s`.
 */
export const describeDelays = (delays: readonly Delay[]): string => {
  const longest = new Map<string, number>();
  for (const { row, delay } of delays) {
    // All percentages count as one state.
    const name = row.replace(/^\d+ %/, 'a bar');
    longest.set(name, Math.max(delay, longest.get(name) ?? 0));
  }
  const delaysOf = [...longest].map(([row, delay]) => `${row} after ${formatDuration(delay)}`);
  return delaysOf.length === 0 ? 'nothing changed' : delaysOf.join(', ');
};
