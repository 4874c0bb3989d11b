/** A row of the page's table of backups: the parts that show the state of a backup. */
export type ShownRow = {
  id: string;
  /** The text in the column Creation State. Empty if there is a progress bar instead. */
  state: string;
  /** Percent. Null without a progress bar. */
  progress: number | null;
  /** Whether the red icon is in the column Volume. */
  warning: boolean;
};

/** The content of the table from a time on, in ms since the epoch. Null while the table is not on the page. */
export type ShownTable = { at: number; rows: ShownRow[] | null };

/**
 * Runs in the page, before its own scripts. Calls the function named `report` with the content of the table whenever
 * it has changed. It uses a MutationObserver, so it does not poll.
 */
export const watchTable = ({
  table,
  warning,
  report,
}: {
  table: string;
  warning: string;
  report: string;
}): void => {
  const textOf = (element: Element | undefined): string => element?.textContent?.trim() ?? '';
  const readRow = (row: HTMLElement, titles: string[]): ShownRow => {
    const cells = [...row.querySelectorAll('td')];
    const cell = (title: string): Element | undefined => cells[titles.indexOf(title)];
    const state = cell('Creation State');
    const bar = state?.querySelector('.ant-progress');
    // A full progress bar shows an icon instead of the percentage.
    const percent = bar ? Number(/\d+(?=%)/.exec(textOf(bar))?.[0] ?? 100) : null;
    return {
      id: textOf(cell('ID')),
      state: bar ? '' : textOf(state),
      progress: percent,
      warning: !!cell('Volume')?.querySelector(warning),
    };
  };
  const read = (): ShownRow[] | null => {
    const root = document.querySelector(table);
    if (root === null) return null;
    // Columns at the right edge are a separate table with the same rows. Its headers come last.
    const titles = [...root.querySelectorAll('thead th')].map(textOf);
    const rows = new Map<string | undefined, HTMLElement>();
    for (const row of root.querySelectorAll<HTMLElement>('tr[data-row-key]'))
      if (!rows.has(row.dataset.rowKey)) rows.set(row.dataset.rowKey, row);
    return [...rows.values()].map((row) => readRow(row, titles));
  };
  let last = '';
  const update = (): void => {
    const rows = read();
    const text = JSON.stringify(rows);
    if (text === last) return;
    last = text;
    const shown: ShownTable = { at: Date.now(), rows };
    (window as unknown as Record<string, (shown: ShownTable) => void>)[report]?.(shown);
  };
  new MutationObserver(update).observe(document, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  });
  update();
};
