/** What one cell of a table shows. */
export type Cell = {
  text: string;
  className?: string;
  /** Shown while the pointer is on the cell. */
  tooltip?: string;
  /** A red triangle stands before the text. */
  warning?: boolean;
  /** A sign that there is more to know stands behind it. */
  more?: boolean;
  /** A bar in percent stands in the place of the text. */
  progress?: number;
  href?: string;
};

export type MenuEntry = { key: string; name: string; disabled: boolean };

/** One column of a table; `width` in pixels, as Longhorn's UI has it. */
export type Column<Row> = { title: string; width: number; cell(row: Row): Cell };

const units = ['Bi', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];

/** A number of bytes as Longhorn's UI writes it: 64 Mi, 1.5 Gi. */
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
