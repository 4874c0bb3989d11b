/** The content of one cell of a table. */
export type Cell = {
  text: string;
  className?: string;
  /** Shown while the pointer is on the cell. */
  tooltip?: string;
  /** Shows a red triangle before the text. */
  warning?: boolean;
  /** Shows an info icon after the text. */
  more?: boolean;
  /** Percentage of a progress bar, which replaces the text. */
  progress?: number;
  href?: string;
};

export type MenuEntry = { key: string; name: string; disabled: boolean };

/** One column of a table. `width` is in pixels, as in Longhorn's UI. */
export type Column<Row> = { title: string; width: number; cell(row: Row): Cell };

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
