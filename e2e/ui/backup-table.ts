import type { Locator, Page } from 'playwright';
import { awaitCluster } from '../kube/account.ts';

/** The table of a volume's backups, which has an id and no name. */
export const backupTableSelector = '#backDetailTable';

/** The red icon before the volume's name. */
export const warningIcon = '[aria-label="icon: warning"]';

/** The columns whose cells say more in a tooltip. */
export type TooltipColumn = 'Volume' | 'Creation State';

/** Something that the menu of a row offers. */
export type MenuItem = { name: string; isDisabled: boolean };

/** The table of backups, as its user has it. Rows are named by their backup's name. */
export type BackupTable = {
  /** The tooltip of a cell; it must have one. */
  tooltip(name: string, column: TooltipColumn): Promise<string>;
  /** What the row's menu offers. */
  menu(name: string): Promise<MenuItem[]>;
  /** Chooses Delete in the row's menu; returns what the dialog asks, before it is answered. */
  askToDelete(name: string): Promise<{ question: string; confirm(): Promise<void> }>;
  /** All that can be read on the page, tooltips that are open included. */
  text(): Promise<string>;
};

/** The address of the page of a volume's backups, behind the user interface's own. */
export const backupsPagePath = ({ volume, backupVolume }: { volume: string; backupVolume: string }): string =>
  `/#/backup/${encodeURIComponent(volume)}?${new URLSearchParams({ field: 'name', keyword: backupVolume })}`;

// For each thing that is done or awaited on the page: a click meets what is there, drawn and at rest.
const patience = 15_000;

/** Makes the table of the page that is open in the browser. */
export const backupTable = (page: Page): BackupTable => {
  page.setDefaultTimeout(patience);
  const root = page.locator(backupTableSelector);
  const rowsOf = (name: string): Locator => root.locator(`tr[data-row-key="${name}"]`);
  const cellOf = async (name: string, column: string): Promise<Locator> => {
    const titles = (await root.getByRole('columnheader').allTextContents()).map((title) => title.trim());
    return rowsOf(name).first().getByRole('cell').nth(titles.indexOf(column));
  };
  // It stands in the part of the table at the right edge, whose rows have no text.
  const trigger = (name: string): Locator => rowsOf(name).last().getByRole('button');
  // The navigation at the top has menu items as well.
  const items = page.locator('.ant-dropdown').getByRole('menuitem');

  return {
    tooltip: (name, column) =>
      awaitCluster(async () => {
        const tooltips = page.getByRole('tooltip');
        // One that fades out is not the one that is meant.
        await page.mouse.move(0, 0);
        await tooltips.first().waitFor({ state: 'hidden' });
        await (await cellOf(name, column)).hover();
        await tooltips.first().waitFor();
        return (await tooltips.first().innerText()).trim();
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
        // It closes by a click; up to v1.10 it is open as long as it is pointed at.
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
