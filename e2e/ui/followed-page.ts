import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { awaitCluster } from '../kube/time-account.ts';
import { type BackupTable, backupTable, backupTableSelector, warningIcon } from './backup-table.ts';
import { type Loading, loadPage, openContext } from './browser.ts';
import type { Span } from './judge-shown.ts';
import { type PageControls, pageControls } from './page-controls.ts';
import { openPageLog, type PageLog } from './page-log.ts';
import { isAlike, type RowPeriod, type RowState, rowStateOfRow } from './row-state.ts';
import { type ShownTable, watchTable } from './table-watcher.ts';

/** An open page of backups, with everything that it has shown. */
export type FollowedPage = PageControls & {
  readonly table: BackupTable;
  readonly log: PageLog;
  /** How the page shows a backup now. Undefined if there is no row. */
  rowOf(name: string): RowState | undefined;
  /** The names of the backups, from the first row on. */
  order(): string[];
  /** The row states that the page has shown of a backup since it became live. */
  shown(name: string): RowPeriod[];
  /** When the page was live: connected, and drawn at least once. */
  live(): Span[];
  /**
   * Resolves with true when `test` holds, and with false after `time` ms. It checks on each change of the page and on
   * `recheck`.
   */
  until(test: () => boolean, time: number): Promise<boolean>;
  /** Checks the tests of `until` again, after a change outside the page. */
  recheck(): void;
  /** A screenshot of the page, as PNG. */
  picture(): Promise<Uint8Array>;
  /** The Playwright trace of the page, as ZIP. It ends with this call. */
  trace(): Promise<Uint8Array>;
  close(): Promise<void>;
};

type Options = {
  chromium: string;
  url: string;
  carried: Loading['carried'];
  /** The expected row states by backup name. The page counts as drawn when it shows them. */
  expected: () => ReadonlyMap<string, RowState>;
};

/** Opens a page and follows it. Returns before the page is drawn. */
export const followPage = async ({ chromium, url, carried, expected }: Options): Promise<FollowedPage> => {
  const { context, close } = await openContext(chromium);
  /** `isKept` is false for tables from before the page was drawn. */
  const shown: (ShownTable & { isKept: boolean })[] = [];
  let drawnAt: number | undefined;
  const waiting = new Set<() => void>();

  const rowsNow = () => shown.at(-1)?.rows ?? [];
  const rowOf = (name: string): RowState | undefined => {
    const row = rowsNow().find(({ id }) => id === name);
    return row && rowStateOfRow(row);
  };
  const isDrawn = (): boolean => {
    const wanted = expected();
    return (
      rowsNow().length === wanted.size && [...wanted].every(([name, each]) => isAlike(rowOf(name), each))
    );
  };
  const recheck = (): void => {
    const last = shown.at(-1);
    if (drawnAt === undefined && last?.rows && isDrawn()) {
      last.isKept = true;
      drawnAt = Date.now();
    }
    for (const ask of [...waiting]) ask();
  };

  let log: PageLog | undefined;
  const live = (): Span[] =>
    (log?.connected() ?? [])
      .map(({ from, to }) => ({ from: Math.max(from, drawnAt ?? Number.POSITIVE_INFINITY), to }))
      .filter(({ from, to }) => from < to);

  try {
    await context.tracing.start({ snapshots: true });
    const page = await context.newPage();
    log = openPageLog(page, recheck);
    await page.exposeFunction('corralReport', (table: ShownTable) => {
      shown.push({ ...table, isKept: drawnAt !== undefined });
      recheck();
    });
    await page.addInitScript(watchTable, {
      table: backupTableSelector,
      warning: warningIcon,
      report: 'corralReport',
    });
    await loadPage(page, url, { carried });

    return {
      table: backupTable(page),
      ...pageControls(page, page.locator(backupTableSelector)),
      log,
      rowOf,
      order: () => rowsNow().map(({ id }) => id),
      shown: (name) => {
        const all = shown.flatMap(({ at, rows, isKept }) => {
          if (!isKept || rows === null) return [];
          const row = rows.find(({ id }) => id === name);
          return [{ at, row: row && rowStateOfRow(row) }];
        });
        // The page requests its first table separately, possibly long before the first message of the stream.
        const from = live()[0]?.from ?? Number.POSITIVE_INFINITY;
        const first = all.findLast(({ at }) => at < from);
        return [...(first ? [{ ...first, at: from }] : []), ...all.filter(({ at }) => at >= from)];
      },
      live,
      until: async (test, time) => {
        if (test()) return true;
        const { promise, resolve } = Promise.withResolvers<boolean>();
        const ask = (): void => void (test() && resolve(true));
        waiting.add(ask);
        const timer = setTimeout(resolve, time, false);
        return awaitCluster(() => promise).finally(() => {
          clearTimeout(timer);
          waiting.delete(ask);
        });
      },
      recheck,
      picture: () => page.screenshot({ fullPage: true }),
      trace: async () => {
        const folder = await mkdtemp(join(tmpdir(), 'corral-trace-'));
        try {
          const path = join(folder, 'trace.zip');
          await context.tracing.stop({ path });
          return await readFile(path);
        } finally {
          await rm(folder, { recursive: true, force: true });
        }
      },
      close,
    };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
};
