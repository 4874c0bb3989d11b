import { formatDuration } from '../kube/duration.ts';
import { decisionOf } from './decision-of.ts';
import { markdownRow, plainMarkdown } from './markdown.ts';
import type { ReportFile } from './merge-rounds.ts';
import type { ScenarioReport } from './schema.ts';
import { stateSigns } from './state-signs.ts';

// A run that ended before Longhorn was installed has no version. The path of its report may contain it.
const columnOf = ({ path, report }: ReportFile): string =>
  report.target.version ?? `${report.target.name} (${path})`;

const byNumbers = new Intl.Collator('en', { numeric: true });

const cell = (runs: readonly ScenarioReport[]): string => {
  if (runs.length === 0) return '';
  const longest = Math.max(...runs.map(({ duration }) => duration));
  const signs = runs.map(({ state }) => stateSigns[state]).join('');
  return runs.every(({ state }) => state === 'skipped') ? signs : `${signs} ${formatDuration(longest)}`;
};

/**
 * Composes a Markdown table for the summary of a CI job: one row per scenario, one column per version of Longhorn, a
 * sign per run, and the longest time. Below it: what did not pass, and the runs that did not finish.
 */
export const composeVersionTable = (sources: readonly ReportFile[]): string[] => {
  const columns = [...Map.groupBy(sources, columnOf)].toSorted(([one], [other]) =>
    byNumbers.compare(one, other),
  );
  const all = sources.flatMap((source) =>
    source.report.scenarios.map((scenario) => ({ column: columnOf(source), scenario })),
  );
  const lines = [...Map.groupBy(all, ({ scenario }) => scenario.name)].map(([name, runs]) =>
    markdownRow([
      plainMarkdown(name),
      ...columns.map(([column]) =>
        cell(runs.filter((each) => each.column === column).map(({ scenario }) => scenario)),
      ),
    ]),
  );
  const bad = all.filter(({ scenario }) => scenario.state === 'failed' || scenario.state === 'not-provable');
  const unfinished = sources.filter(({ report }) => report.end.state !== 'finished');
  const problems = [
    ...bad.map(
      ({ column, scenario }) =>
        `- ${plainMarkdown(column)}: ${plainMarkdown(scenario.name)}: ${plainMarkdown(decisionOf(scenario.reason ?? ''))}`,
    ),
    ...unfinished.map(
      (source) =>
        `- ${plainMarkdown(columnOf(source))}: the run did not finish: ${plainMarkdown(source.report.end.reason ?? '')}`,
    ),
  ];
  return [
    markdownRow(['scenario', ...columns.map(([column]) => plainMarkdown(column))]),
    markdownRow(['---', ...columns.map(() => '---')]),
    ...lines,
    '',
    '✓ passed, ! known bug, ✗ failed, ? not provable, - skipped',
    ...(problems.length > 0 ? ['', ...problems] : []),
  ];
};
