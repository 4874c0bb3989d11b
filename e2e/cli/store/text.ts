import { printLines } from '../../kube/print-lines.ts';
import { printable } from '../printable.ts';

/** Formats a number of bytes: `3.2 MiB`. */
export const bytes = (number: number): string => {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(number, 1)) / 10));
  const figure = number / 1024 ** step;
  return `${Number.isInteger(figure) || figure >= 100 ? figure.toFixed(0) : figure.toFixed(1)} ${units[step]}`;
};

/** Formats a table with a header row and aligned columns. */
export const textTable = (heads: string[], rows: string[][]): string[] => {
  const all = [heads, ...rows.map((row) => row.map(printable))];
  const widths = heads.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('   ')
      .trimEnd(),
  );
};

export const printJson = (value: unknown): void => printLines(JSON.stringify(value, undefined, 2));

/** The common flags of the store commands. */
export type StoreFlags = { output: 'text' | 'json' };
