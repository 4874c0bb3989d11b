import type { Locator } from 'playwright';
import { awaitCluster } from '../kube/time-account.ts';
import { type Loading, loadPage, openContext } from './browser.ts';
import { findCell, findRows, type PageControls, pageControls } from './page-controls.ts';
import { openPageLog, type PageLog } from './page-log.ts';

/**
 * A page of Longhorn's user interface with one table, as a user operates it. Rows are identified by the id of their
 * object.
 */
export type TablePage = PageControls & {
  readonly log: Pick<PageLog, 'errors'>;
  /** Waits until a cell of a row has this text. Returns the tooltip of the cell's info icon, or an empty text. */
  reads(row: string, column: string, text: string): Promise<string>;
  lacks(row: string): Promise<void>;
  /** Waits until a cell of a row has a drawing before its text. Returns the tooltip of that. */
  marked(row: string, column: string): Promise<string>;
  /** Waits until a cell of a row has none. */
  unmarked(row: string, column: string): Promise<void>;
  /** Waits until this text follows a label of the page. */
  says(label: string, text: string): Promise<void>;
  /** Waits until the tree of a volume's page has a snapshot in this colour. Returns the tooltip of that. */
  snapshotIn(colour: string): Promise<string>;
  picture(): Promise<Uint8Array>;
  close(): Promise<void>;
};

// In ms, for each action on the page. A click waits until its target is visible and stable.
const patience = 15_000;
const drawTime = 60_000;

/** The icon with a tooltip in a cell. */
const moreIcon = '[aria-label="icon: info-circle"]';

/** A drawing of Longhorn's own, with a tooltip. The icons of its library are in an element of their own. */
const mark = 'div > svg';

/** Opens a page. Each wait for a content takes at most `patient` ms. */
export const openTablePage = async ({
  chromium,
  url,
  carried,
  table,
  patient,
}: {
  chromium: string;
  url: string;
  carried: Loading['carried'];
  /** The selector of the table. */
  table: string;
  patient: number;
}): Promise<TablePage> => {
  const { context, close } = await openContext(chromium);
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    const log = openPageLog(page, () => {});
    await loadPage(page, url, { carried });
    const root = page.locator(table);
    await root.first().waitFor({ timeout: drawTime });
    const rowsOf = (row: string): Locator => findRows(root, row);
    const cellOf = (row: string, column: string): Promise<Locator> => findCell(root, row, column);
    const tooltipOf = async (icon: Locator): Promise<string> => {
      await icon.hover();
      const tooltip = page.getByRole('tooltip').first();
      await tooltip.waitFor();
      const tooltipText = (await tooltip.innerText()).trim();
      await page.mouse.move(0, 0);
      await tooltip.waitFor({ state: 'hidden' });
      return tooltipText;
    };
    return {
      log,
      reads: (row, column, text) =>
        awaitCluster(async () => {
          const cell = await cellOf(row, column);
          await cell.filter({ hasText: text }).waitFor({ timeout: patient });
          const more = cell.locator(moreIcon);
          return (await more.count()) === 0 ? '' : tooltipOf(more);
        }),
      marked: (row, column) =>
        awaitCluster(async () => {
          const found = (await cellOf(row, column)).locator(mark);
          await found.waitFor({ timeout: patient });
          return tooltipOf(found);
        }),
      unmarked: (row, column) =>
        awaitCluster(async () => {
          const cell = await cellOf(row, column);
          await cell.filter({ hasText: row, hasNot: page.locator(mark) }).waitFor({ timeout: patient });
        }),
      says: (label, text) =>
        awaitCluster(() =>
          page
            .getByText(label, { exact: true })
            .locator('..')
            .filter({ hasText: text })
            .waitFor({ timeout: patient }),
        ),
      lacks: (row) =>
        awaitCluster(() => rowsOf(row).first().waitFor({ state: 'detached', timeout: patient })),
      snapshotIn: (colour) =>
        awaitCluster(async () => {
          const found = page.locator(`#tree-snapshot .tree-snapshot-icon[style*="${colour}"]`);
          await found.waitFor({ timeout: patient });
          return tooltipOf(found);
        }),
      ...pageControls(page, root),
      picture: () => page.screenshot({ fullPage: true }),
      close,
    };
  } catch (error) {
    await close().catch(() => {});
    throw error;
  }
};
