import type { Locator, Page } from 'playwright';
import { awaitCluster } from '../kube/time-account.ts';
import { findCell, findRows } from './page-controls.ts';

/** The table of a volume's backups. It has an id but no accessible name. */
export const backupTableSelector = '#backDetailTable';

/** The red icon before the volume's name. */
export const warningIcon = '[aria-label="icon: warning"]';

/** The columns whose cells have a tooltip. */
type TooltipColumn = 'Volume' | 'Creation State';

/** An item of a row's menu. */
export type MenuItem = { name: string; isDisabled: boolean };

/** The table of backups as a user operates it. Rows are identified by the name of their backup. */
export type BackupTable = {
  /** The tooltip of a cell. Fails if there is none. */
  tooltip(name: string, column: TooltipColumn): Promise<string>;
  /** Waits until a cell has this text. */
  reads(name: string, column: string, text: string): Promise<void>;
  /** The labels in the pop-up of the row. */
  labels(name: string): Promise<Record<string, string>>;
  /** The text of the pop-up with the workload that used the volume. */
  workload(name: string): Promise<string>;
  /** The items of the row's menu. */
  menu(name: string): Promise<MenuItem[]>;
  /** Chooses Delete in the row's menu. Returns the question of the dialog, and a function that confirms it. */
  askToDelete(name: string): Promise<{ question: string; confirm(): Promise<void> }>;
  /** All text on the page, including open tooltips. */
  text(): Promise<string>;
};

/** The path of the page of a volume's backups, to append to the URL of the user interface. */
export const backupsPagePath = ({ volume, backupVolume }: { volume: string; backupVolume: string }): string =>
  `/#/backup/${encodeURIComponent(volume)}?${new URLSearchParams({ field: 'name', keyword: backupVolume })}`;

// In ms, for each action and wait on the page. A click waits until its target is visible and stable.
const patience = 15_000;

/** Creates the table for an open page. */
export const backupTable = (page: Page): BackupTable => {
  page.setDefaultTimeout(patience);
  const root = page.locator(backupTableSelector);
  const rowsOf = (name: string): Locator => findRows(root, name);
  const cellOf = (name: string, column: string): Promise<Locator> => findCell(root, name, column);
  // The button is in the part of the table at the right edge. The rows there have no text.
  const trigger = (name: string): Locator => rowsOf(name).last().getByRole('button');
  // The navigation at the top has menu items too.
  const items = page.locator('.ant-dropdown').getByRole('menuitem');

  const close = async (dialog: Locator): Promise<void> => {
    await dialog.getByRole('button', { name: 'OK', exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
  };

  return {
    tooltip: (name, column) =>
      awaitCluster(async () => {
        const tooltips = page.getByRole('tooltip');
        // A tooltip that is still fading out belongs to another cell.
        await page.mouse.move(0, 0);
        await tooltips.first().waitFor({ state: 'hidden' });
        await (await cellOf(name, column)).hover();
        await tooltips.first().waitFor();
        return (await tooltips.first().innerText()).trim();
      }),
    reads: (name, column, text) =>
      awaitCluster(async () => (await cellOf(name, column)).filter({ hasText: text }).waitFor()),
    labels: (name) =>
      awaitCluster(async () => {
        await (await cellOf(name, 'Labels')).locator('[aria-label="icon: tags"]').click();
        const dialog = page.getByRole('dialog');
        const titles = dialog.locator('.ant-descriptions-item-label');
        const values = dialog.locator('.ant-descriptions-item-content');
        await dialog.getByText('Backup Labels', { exact: true }).waitFor();
        const texts = await values.allTextContents();
        const pairs = (await titles.allTextContents()).map((title, index) => [title, texts[index] ?? '']);
        await close(dialog);
        return Object.fromEntries(pairs);
      }),
    workload: (name) =>
      awaitCluster(async () => {
        await (await cellOf(name, 'Workload/Pod')).locator('a').click();
        const dialog = page.getByRole('dialog');
        await dialog.getByText('Workload Name', { exact: true }).waitFor();
        const text = await dialog.innerText();
        await close(dialog);
        return text;
      }),
    menu: (name) =>
      awaitCluster(async () => {
        await trigger(name).click();
        await items.first().waitFor();
        const found = await Promise.all(
          (await items.all()).map(async (item) => ({
            name: (await item.innerText()).trim(),
            isDisabled: (await item.getAttribute('aria-disabled')) === 'true',
          })),
        );
        // A click closes the menu. Up to v1.10 it stays open while the mouse is over it.
        await trigger(name).click();
        await page.mouse.move(0, 0);
        await items.first().waitFor({ state: 'hidden' });
        return found;
      }),
    askToDelete: (name) =>
      awaitCluster(async () => {
        await trigger(name).click();
        await items.filter({ hasText: /^Delete$/ }).click();
        const dialog = page.getByRole('dialog');
        const question = (await dialog.locator('.ant-modal-confirm-title').innerText()).trim();
        return {
          question,
          confirm: () =>
            awaitCluster(async () => {
              await dialog.getByRole('button', { name: 'OK' }).click();
              await dialog.waitFor({ state: 'hidden' });
            }),
        };
      }),
    text: () => page.locator('body').innerText(),
  };
};
