import { formatDuration } from '../kube/duration.ts';
import { composeCircumstances } from './compose-failure.ts';
import { composeTotals } from './console.ts';
import {
  describeFindings,
  findingsOf,
  isEmulated,
  nameScenarios,
  type ReportedFinding,
  shownBugs,
} from './judged.ts';
import { markdownRow, plainMarkdown } from './markdown.ts';
import type { Report, ScenarioReport } from './schema.ts';
import { titlesOf } from './title.ts';

const states = {
  passed: '✓ passed',
  'known-bug': '! known bug',
  failed: '✗ **failed**',
  'not-provable': '? **not provable**',
  skipped: '- skipped',
} as const;

const inHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const composeVersions = ({ run, provider, target, kubernetes }: Report): string =>
  [
    `Run \`${run}\` on ${provider}`,
    plainMarkdown(`Longhorn: ${[target.name, target.version].filter(Boolean).join(' ')}`),
    ...(kubernetes === null ? [] : [`Kubernetes ${plainMarkdown(kubernetes.version)}`]),
  ].join(', ');

const composeFinding = ({ title, detail, link, scenarios }: ReportedFinding): string => {
  const more = [plainMarkdown(detail), ...(link === undefined ? [] : [`<${link}>`])].join(' ');
  return `- **${plainMarkdown(title)}** (${plainMarkdown(nameScenarios(scenarios))}): ${more}`;
};

// In characters. A longer text would leave no room for the other failures.
const longest = 50_000;

const cut = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest)}\n... ${text.length - longest} more characters`;

// In Markdown an empty line ends the HTML block.
const inPre = (text: string): string => `<pre>${inHtml(text).replaceAll(/\n(?=\s*\n)/g, '\n&#8203;')}</pre>`;

const whatOf = {
  passed: '',
  skipped: '',
  failed: 'failed',
  'not-provable': 'not provable',
  'known-bug': 'known bug',
} as const;

const composeFailure = (scenario: ScenarioReport, title: string): string[] => {
  const { state, reason, failure } = scenario;
  const circumstances = failure === undefined ? [] : composeCircumstances(failure);
  return [
    `<details><summary>${inHtml(title)}: ${whatOf[state]}</summary>`,
    '',
    inPre(cut([reason ?? '', ...circumstances].join('\n'))),
    '',
    '</details>',
    '',
  ];
};

const composeFindings = (report: Report): string[][] => {
  const all = findingsOf(report);
  if (all.length === 0) return [];
  const lines = all.map(composeFinding);
  if (!isEmulated(report.target)) return [['', '#### Findings', ''], ...lines.map((line) => [line])];
  const title = inHtml(describeFindings(all, report.target));
  return [['', `<details><summary>${title}</summary>`, '', ...lines, '', '</details>']];
};

const bytes = (lines: readonly string[]): number => Buffer.byteLength(lines.join('\n')) + 1;

/** Returns the blocks that fit into `room` bytes, and the number of blocks that do not. */
const within = (room: number, blocks: readonly string[][]): { lines: string[]; left: number } => {
  const fitting: string[][] = [];
  let used = 0;
  for (const block of blocks) {
    used += bytes(block);
    if (used > room) break;
    fitting.push(block);
  }
  return { lines: fitting.flat(), left: blocks.length - fitting.length };
};

// The bytes kept free for the note about the parts that do not fit.
const reserve = 200;

/**
 * Composes the Markdown summary of a CI job, in at most `limit` bytes: the result of each scenario, the findings, the
 * reasons of the failures, and the versions.
 */
export const composeJobSummary = (report: Report, limit: number): string => {
  const { scenarios, end, totals, duration, judged, differences } = report;
  const titleOf = titlesOf(report);
  const failures = scenarios.filter(({ state }) => state === 'failed' || state === 'not-provable');
  const known = scenarios.filter(({ state }) => state === 'known-bug');
  const head = [
    `### ${composeTotals(totals)}`,
    '',
    `${composeVersions(report)}, ${formatDuration(duration)}. Judged: ${plainMarkdown(judged)}.`,
    '',
    ...(end.state === 'finished'
      ? []
      : [`**The run did not finish: ${plainMarkdown(end.reason ?? end.state)}**`, '']),
    ...scenarios
      .filter(({ leftBehind }) => leftBehind !== undefined)
      .map((each) => `- left behind by the cleanup of ${plainMarkdown(titleOf(each))}`),
    ...scenarios
      .filter(({ firstPlay }) => firstPlay !== undefined)
      .map((each) => `- run twice, as its premise was lost the first time: ${plainMarkdown(titleOf(each))}`),
    ...(differences ?? []).map((each) => `- not as before the run: ${plainMarkdown(each)}`),
  ];
  const rows = scenarios.map((each) => [
    markdownRow([
      plainMarkdown(titleOf(each)),
      [states[each.state], ...shownBugs(each).map((id) => `\`${id}\``)].join(' '),
      each.state === 'skipped' ? '' : formatDuration(each.duration),
    ]),
  ]);
  const table = [[markdownRow(['scenario', 'state', 'time'])], [markdownRow(['---', '---', '---'])], ...rows];
  const blocks = [
    head,
    ...(scenarios.length > 0 ? [[''], ...table] : []),
    ...composeFindings(report),
    // The longest parts come last, because the last parts are left out when the summary is too long.
    ...(failures.length > 0 ? [['', '#### What failed', '']] : []),
    ...failures.map((each) => composeFailure(each, titleOf(each))),
    ...(known.length > 0 ? [['', '#### Known bugs', '']] : []),
    ...known.map((each) => composeFailure(each, titleOf(each))),
  ];
  const { lines, left } = within(limit - reserve, blocks);
  const note = left > 0 ? ['', `${left} more parts did not fit in here: see report.json`] : [];
  return `${[...lines, ...note].join('\n')}\n`;
};
