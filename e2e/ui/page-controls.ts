import type { Locator, Page } from 'playwright';
import { awaitCluster } from '../kube/time-account.ts';

/** A text, the options to choose from a list, or whether a box is checked. */
type FieldValue = string | boolean | readonly string[];

/** Fields of a dialog by their labels, or by the texts in them while they are empty. */
type FieldValues = Readonly<Record<string, FieldValue>>;

/** The parts of a page that a user operates: its buttons, the menus of its table's rows, and its dialogs. */
export type PageControls = {
  /** Presses a button of the page, or of its open dialog. */
  press(button: string): Promise<void>;
  /** Chooses an item in a row's menu. Rows are identified by the id of their object. */
  choose(row: string, item: string): Promise<void>;
  /** Chooses an item in the menu above the page's content. */
  chooseAbove(item: string): Promise<void>;
  /** Shows only the rows with this text in the column by which the page filters, or all if it is empty. */
  filter(text: string): Promise<void>;
  /** Checks the box of a row. */
  select(row: string): Promise<void>;
  /** Opens a part of the open dialog. */
  openTab(tab: string): Promise<void>;
  /** Presses the title of a column. */
  sortBy(column: string): Promise<void>;
  /** Fills fields of the open dialog. Of several fields with the same text, it fills the last. */
  fill(fields: FieldValues): Promise<void>;
  /** Fills fields of the open dialog, and presses a button of the dialog. */
  answer(button: string, fields?: FieldValues): Promise<void>;
};

/** The row of a table, in each of its parts: a column may be fixed at the right edge. */
export const findRows = (table: Locator, row: string): Locator => table.locator(`tr[data-row-key="${row}"]`);

/** The cell of a row in the column with this title. */
export const findCell = async (table: Locator, row: string, column: string): Promise<Locator> => {
  const titles = (await table.getByRole('columnheader').allTextContents()).map((title) => title.trim());
  return findRows(table, row).first().getByRole('cell').nth(titles.indexOf(column));
};

/** Creates the controls for a page with one table. */
export const pageControls = (page: Page, table: Locator): PageControls => {
  const dialog = page.getByRole('dialog');
  // The label of a list names an element that cannot have a label, so the browser does not connect the two.
  const listOf = (label: string): Locator =>
    dialog
      .locator('.ant-form-item')
      .filter({ has: page.getByText(label, { exact: true }) })
      .getByRole('combobox');
  const enter = async (label: string, value: FieldValue): Promise<void> => {
    const field = dialog
      .getByLabel(label, { exact: true })
      .or(dialog.getByPlaceholder(label, { exact: true }))
      .last();
    if (typeof value === 'string') return field.fill(value);
    if (typeof value === 'boolean') return field.setChecked(value);
    for (const option of value) {
      await listOf(label).click();
      // By its text, because its name has that of an icon too.
      await page.getByRole('listbox').getByText(option, { exact: true }).click();
      // A list in which several can be chosen stays open, in front of the fields below it.
      await dialog.locator('.ant-modal-title').click();
    }
  };
  const fillAll = async (fields: FieldValues): Promise<void> => {
    for (const [label, value] of Object.entries(fields)) await enter(label, value);
  };
  const chooseIn = async (menu: Locator, item: string): Promise<void> => {
    await menu.getByRole('button').click();
    await page.locator('.ant-dropdown').getByRole('menuitem', { name: item, exact: true }).click();
  };
  return {
    // By its text, because the name of a button with an icon has that of the icon too. The text is in an element of
    // the button, or in itself.
    press: (button) =>
      awaitCluster(() => {
        const text = page.getByText(button, { exact: true });
        const buttons = page.getByRole('button');
        return buttons.filter({ has: text }).or(buttons.and(text)).click();
      }),
    // The button is in the part of the table at the right edge.
    choose: (row, item) => awaitCluster(() => chooseIn(findRows(table, row).last(), item)),
    chooseAbove: (item) => awaitCluster(() => chooseIn(page.locator('.out-container-button'), item)),
    filter: (text) =>
      awaitCluster(async () => {
        const form = page
          .locator('form')
          .filter({ has: page.getByRole('button', { name: 'Go', exact: true }) });
        await form.getByRole('textbox').fill(text);
        await form.getByRole('button', { name: 'Go', exact: true }).click();
      }),
    select: (row) => awaitCluster(() => findRows(table, row).first().getByRole('checkbox').check()),
    openTab: (tab) => awaitCluster(() => dialog.getByRole('tab', { name: tab, exact: true }).click()),
    sortBy: (column) =>
      awaitCluster(() => table.getByRole('columnheader').getByText(column, { exact: true }).first().click()),
    fill: (fields) => awaitCluster(() => fillAll(fields)),
    answer: (button, fields = {}) =>
      awaitCluster(async () => {
        await fillAll(fields);
        await dialog.getByRole('button', { name: button, exact: true }).click();
        await dialog.waitFor({ state: 'hidden' });
      }),
  };
};
