import { type Disturbance, disturbances } from '../suite/steps/writes/disturbances.ts';
import { type CrashCell, crashCellName } from './cells.ts';

/**
 * The result of a cell. `red`: the result of the operation is wrong. `not reached`: the write did not occur in that
 * run. `not run`: the time was over, or the run was interrupted.
 */
export type CellVerdict = 'green' | 'known' | 'red' | 'not reached' | 'not run';

/** A cell that was run or planned. */
export type JudgedCrashCell = CrashCell & { verdict: CellVerdict; reason: string | null; seconds: number };

const columns = Object.keys(disturbances) as Disturbance[];

const padded = (cells: readonly string[], widths: readonly number[]): string =>
  `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;

const tableOf = (operation: string, judged: readonly JudgedCrashCell[]): string[] => {
  const of = judged.filter((each) => each.operation === operation);
  const rows = [...new Set(of.map(({ write }) => write))].map((write) => [
    write,
    ...columns.map(
      (disturbance) =>
        of.find((each) => each.write === write && each.disturbance === disturbance)?.verdict ?? '',
    ),
  ]);
  const head = [operation, ...columns];
  const widths = head.map((_, index) => Math.max(...[head, ...rows].map((row) => row[index]?.length ?? 0)));
  return [
    padded(head, widths),
    padded(
      widths.map((width) => '-'.repeat(width)),
      widths,
    ),
    ...rows.map((row) => padded(row, widths)),
  ];
};

/**
 * The report of all cells: a table for each operation with a row for each write, then each red cell with its reason.
 */
export const composeMatrix = (judged: readonly JudgedCrashCell[]): string[] => {
  const count = (verdict: CellVerdict): number => judged.filter((each) => each.verdict === verdict).length;
  const operations = [...new Set(judged.map(({ operation }) => operation))];
  const reds = judged.filter(({ verdict }) => verdict === 'red');
  return [
    ...operations.flatMap((operation) => ['', ...tableOf(operation, judged)]),
    ...(reds.length === 0 ? [] : ['']),
    ...reds.map(
      (each) => `red: ${crashCellName(each)}: ${each.reason?.split('\n')[0] ?? 'no reason is known'}`,
    ),
    '',
    `${judged.length} ${judged.length === 1 ? 'cell' : 'cells'}: ${count('green')} green, ${count('known')} of known bugs, ${count('red')} red, ${count('not reached')} not reached, ${count('not run')} not run`,
  ];
};
