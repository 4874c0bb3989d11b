import { formatDuration } from '../observe/duration.ts';
import type { Kubernetes, Report, ScenarioReport, Step } from './schema.ts';

/** Gives text a colour where the stream shows one. */
export type Paint = (style: 'green' | 'red' | 'yellow' | 'dim' | 'bold', text: string) => string;

const indent = (text: string, by: string): string[] => text.split('\n').map((line) => (line === '' ? '' : by + line));

/** The first lines of a run. */
export const composeHeading = (report: Pick<Report, 'run' | 'provider' | 'judged'>, paint: Paint): string[] => [
  paint('bold', `Corral run ${report.run}, provider ${report.provider}`),
  `Judged: ${report.judged}`,
];

/** The cluster that the run resolved: nobody should have to guess which one it changes. */
export const composeCluster = ({ server, context, version }: Kubernetes, paint: Paint): string[] => [
  `  ${paint('dim', '·')} on ${server} (context ${context}), Kubernetes ${version}`,
];

/** The line that opens a scenario. */
export const composeScenario = (name: string, paint: Paint): string[] => ['', paint('bold', name)];

const stepMarks = { passed: ['green', '✓'], failed: ['red', '✗'], noted: ['dim', '·'] } as const;

/** A step that ended, as the sentence it stands for. */
export const composeStep = ({ sentence, state, duration }: Step, paint: Paint): string[] => {
  const [style, mark] = stepMarks[state];
  const time = state === 'noted' ? '' : paint('dim', ` (${formatDuration(duration)})`);
  return [`  ${paint(style, mark)} ${sentence}${time}`];
};

const endings = {
  passed: ['green', 'passed in'],
  failed: ['red', 'FAILED after'],
  skipped: ['yellow', 'skipped after'],
  'not-provable': ['red', 'NOT PROVABLE after'],
} as const;

/** How a scenario ended: a passed one in a line, any other with its whole reason; then what it found. */
export const composeEnding = (scenario: ScenarioReport, paint: Paint): string[] => {
  const { state, reason, duration, findings } = scenario;
  const [style, words] = endings[state];
  const lines = [`  ${paint(style, `${words} ${formatDuration(duration)}`)}`];
  if (reason !== null) lines.push(...indent(reason, '    '));
  for (const { title, detail, link } of findings) {
    lines.push(`  ${paint('yellow', 'finding')}: ${title}`, ...indent(detail, '    '), ...(link === undefined ? [] : [`    ${link}`]));
  }
  return lines;
};

/** The plain line that machines read; what could not be proven counts as failed. */
export const composeTotals = ({ passed, failed, skipped, notProvable }: Report['totals']): string =>
  `${passed} passed, ${failed + notProvable} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;

/** The last lines of a run. */
export const composeClosing = (report: Report, path: string, paint: Paint): string[] => {
  const { end, totals, judged, duration } = report;
  const failed = totals.failed + totals.notProvable > 0;
  const lines = ['', paint(failed ? 'red' : 'green', composeTotals(totals))];
  if (totals.notProvable > 0) lines.push(`${totals.notProvable} of the failed not provable: the watch has a gap where it matters`);
  if (end.state !== 'finished') lines.push(paint('yellow', `The run did not finish: ${end.reason ?? end.state}`));
  return [...lines, `Judged: ${judged}`, `Report: ${path} (${formatDuration(duration)})`];
};
