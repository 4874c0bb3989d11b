/** A row of the page's table of backups, as far as it shows a backup's state. */
export type ShownRow = {
  id: string;
  /** The text in the column Creation State; empty where a bar stands in its place. */
  state: string;
  /** Percent; null where there is no bar. */
  progress: number | null;
  /** The red icon stands in the column Volume. */
  warning: boolean;
};

/** What the table showed from a moment on, in ms since the epoch; null while it was not on the page. */
export type ShownTable = { at: number; rows: ShownRow[] | null };

/**
 * Runs in the page from before its first script: reports by the function named `report` what the table shows,
 * each time that this has changed. It hears of changes from the browser itself, right after the script that
 * made them, and asks for nothing.
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
    // A full bar has a sign in the place of its percent.
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
    // Columns at the right edge have a table of their own, with the same rows; its heads come last.
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
