import { formatDuration } from '../kube/duration.ts';
import { pluralize } from '../kube/text.ts';
import { ownTime } from './own-time.ts';
import type { Report, ScenarioReport } from './schema.ts';
import { stateSigns } from './state-signs.ts';

type Cells = Record<
  'rounds' | 'passed' | 'failed' | 'skipped' | 'min' | 'median' | 'max' | 'scenario',
  string
>;

const headings: Cells = {
  rounds: 'rounds',
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  min: 'min',
  median: 'median',
  max: 'max',
  scenario: '',
};

const toCells = (runs: readonly ScenarioReport[]): Cells => {
  const count = (...states: ScenarioReport['state'][]) =>
    String(runs.filter(({ state }) => states.includes(state)).length);
  // A skipped scenario has no meaningful duration.
  const times = runs
    .filter(({ state }) => state !== 'skipped')
    .map(ownTime)
    .toSorted((one, other) => one - other);
  const time = (index: number) => (times.length === 0 ? '-' : formatDuration(times[index] ?? 0));
  return {
    rounds: runs.map(({ state }) => stateSigns[state]).join(''),
    passed: count('passed'),
    failed: count('failed', 'not-provable'),
    skipped: count('skipped'),
    min: time(0),
    median: time(Math.floor(times.length / 2)),
    max: time(times.length - 1),
    scenario: runs[0]?.name ?? '',
  };
};

/** A scenario of a run with several rounds: its reports, and the cells of its row. */
export type ScenarioRounds<Scenario> = { runs: readonly Scenario[]; cells: Cells };

/** Groups the reports of each scenario, in the order of the report. */
export const gatherRounds = <Scenario extends ScenarioReport>(
  scenarios: readonly Scenario[],
): ScenarioRounds<Scenario>[] =>
  [...Map.groupBy(scenarios, ({ name, file }) => `${file} ${name}`).values()].map((runs) => ({
    runs,
    cells: toCells(runs),
  }));

/**
 * Composes the table of a run with several rounds: one row per scenario, with a sign per round and its own times.
 * `wanted` is the requested number of rounds.
 */
export const composeRounds = ({ scenarios }: Pick<Report, 'scenarios'>, wanted: number): string[] => {
  const rows = [headings, ...gatherRounds(scenarios).map(({ cells }) => cells)];
  const columns = Object.keys(headings) as (keyof Cells)[];
  const width = (column: keyof Cells) => Math.max(...rows.map((row) => row[column].length));
  const line = (row: Cells): string =>
    columns
      .map((column) => {
        if (column === 'scenario') return row[column];
        return column === 'rounds' ? row[column].padEnd(width(column)) : row[column].padStart(width(column));
      })
      .join('  ')
      .trimEnd();
  const begun = new Set(scenarios.map(({ round }) => round)).size;
  const title = `${pluralize(begun, 'round')}${begun < wanted ? ` of ${wanted}` : ''}: ✓ passed, ! known bug, ✗ failed, ? not provable, - skipped`;
  return ['', title, '', ...rows.map(line)];
};
