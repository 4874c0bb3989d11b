/** The content of one cell of a table. */
export type Cell = {
  text: string;
  className?: string;
  /** Shown while the pointer is on the cell. */
  tooltip?: string;
  /** Shows a red triangle before the text. */
  warning?: boolean;
  /** Shows a drawing before the text. */
  mark?: boolean;
  /** Shows an info icon after the text. */
  more?: boolean;
  /** Percentage of a progress bar, which replaces the text. */
  progress?: number;
  href?: string;
  /** The pop-up that a click on the cell opens. */
  popUp?: { title?: string; heading?: string; pairs: [string, string][] };
  /** An icon in place of the text. */
  icon?: string;
};

export type MenuEntry = { key: string; name: string; disabled: boolean };

/** One column of a table. `width` is in pixels, as in Longhorn's UI. */
export type Column<Row> = {
  title: string;
  width: number;
  cell(row: Row): Cell;
  /** The field by which the column can be sorted. */
  sort?: keyof Row;
};

/** How a table is sorted: by which column, and whether the largest comes first. */
export type Sorting = { column: number; isDescending: boolean };

const sortKey = (value: unknown): number | string =>
  /^\d+$/.test(String(value)) ? Number(value) : String(value);

/** Sorts rows as Longhorn's UI does. */
export const sortRows = <Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | undefined,
): Row[] => {
  const field = sorting && columns[sorting.column]?.sort;
  if (field === undefined) return [...rows];
  const sign = sorting?.isDescending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [one, other] = [sortKey(a[field]), sortKey(b[field])];
    return one === other ? 0 : one < other ? -sign : sign;
  });
};

const units = ['Bi', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];

/** Formats a number of bytes as Longhorn's UI does: 64 Mi, 1.5 Gi. */
export const formatSize = (bytes: string): string => {
  let value = Number(bytes);
  let unit = 0;
  while (value >= 1024 && unit + 1 < units.length) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && value < 10 ? 2 : unit > 0 && value < 100 ? 1 : 0;
  return `${Number(value.toFixed(digits))} ${units[unit]}`;
};
