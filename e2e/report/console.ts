import { dirname, join } from 'node:path';
import { formatDuration } from '../kube/duration.ts';
import { pluralize } from '../kube/text.ts';
import { composeCircumstances, formatFailure, reasonAfterFailure } from './compose-failure.ts';
import { decisionOf } from './decision-of.ts';
import { indent } from './indent.ts';
import {
  describeFindings,
  findingsOf,
  hasLeftovers,
  isEmulated,
  ledgerContradictions,
  nameScenarios,
  reportedCells,
  shownBugs,
} from './judged.ts';
import type { Failure, Kubernetes, Report, ReportStep, ScenarioReport } from './schema.ts';
import { stateSigns } from './state-signs.ts';
import { titlesOf } from './title.ts';

/** Colours a text if the stream supports colours. */
export type Paint = (style: 'green' | 'red' | 'yellow' | 'dim' | 'bold', text: string) => string;

/** The number that identifies a scenario if several are printed at once. */
export type Tag = string | undefined;

// The lines of a scenario are indented by two blanks, so there is room for the number.
const tagged = ([first = '', ...rest]: string[], tag: Tag, paint: Paint): string[] => {
  if (tag === undefined) return [first, ...rest];
  const deeper = ' '.repeat(tag.length - 1);
  return [
    `${paint('dim', tag)} ${first.trimStart()}`,
    ...rest.map((line) => (line === '' ? '' : deeper + line)),
  ];
};

/** The first lines of a run. */
export const composeHeading = (
  report: Pick<Report, 'run' | 'provider' | 'judged'>,
  paint: Paint,
): string[] => [
  paint('bold', `Corral run ${report.run}, provider ${report.provider}`),
  `Judged: ${report.judged}`,
];

/** The line that names the cluster of the run, so that users know which cluster it changes. */
export const composeCluster = ({ server, context, version }: Kubernetes, paint: Paint): string[] => [
  `  ${paint('dim', '·')} on ${server} (context ${context}), Kubernetes ${version}`,
];

/** The line that opens a scenario. */
export const composeScenario = (name: string, paint: Paint, tag?: Tag): string[] =>
  tag === undefined ? ['', paint('bold', name)] : tagged([paint('bold', name)], tag, paint);

const stepSigns = {
  passed: ['green', '✓'],
  failed: ['red', '✗'],
  'known-bug': ['red', '!'],
  noted: ['dim', '·'],
} as const;

/** The line of a step that ended. */
export const composeStep = ({ sentence, state, duration }: ReportStep, paint: Paint, tag?: Tag): string[] => {
  const [style, sign] = stepSigns[state];
  const time = state === 'noted' ? '' : paint('dim', ` (${formatDuration(duration)})`);
  return tagged([`  ${paint(style, sign)} ${sentence}${time}`], tag, paint);
};

const endings = {
  passed: ['green', 'passed in'],
  'known-bug': ['red', 'known bug in'],
  failed: ['red', 'FAILED after'],
  skipped: ['yellow', 'skipped after'],
  'not-provable': ['red', 'NOT PROVABLE after'],
} as const;

/** A line about a scenario that is no step. */
export const composeRemark = (text: string, paint: Paint, tag?: Tag): string[] =>
  tagged([`  ${paint('dim', `· ${text}`)}`], tag, paint);

/** A failure, printed when it happens, before the cleanup. With a number, it includes the scenario's name. */
export const composeFailed = (name: string, failure: Failure, paint: Paint, tag?: Tag): string[] => {
  const [first = '', ...rest] = formatFailure(failure);
  const whose = tag === undefined ? '' : `${name}, `;
  return tagged(
    [`  ${paint('red', `${whose}${first}`)}`, ...rest.map((line) => (line === '' ? '' : `  ${line}`))],
    tag,
    paint,
  );
};

/**
 * The lines about a lost premise, which is not a verdict. The report contains the whole reason. `name` is given if
 * the scenario's name was not printed directly above.
 */
export const composePremiseLost = (
  reason: string,
  paint: Paint,
  { tag, name }: { tag?: Tag; name?: string } = {},
): string[] =>
  tagged(
    [
      `  ${paint('yellow', 'premise lost')}${name === undefined ? '' : `: ${name}`}: it runs again when all others have ended`,
      `    ${decisionOf(reason)}`,
    ],
    tag,
    paint,
  );

/**
 * The result of a scenario: one line if it passed or showed a known bug, otherwise with the whole reason, except for
 * what was already printed at the failure. The name is included with a number, or if `named`, because the name above
 * is far away.
 */
export const composeEnding = (
  scenario: ScenarioReport,
  paint: Paint,
  {
    tag,
    printed,
    named = tag !== undefined,
  }: { tag?: Tag; printed?: Failure | undefined; named?: boolean } = {},
): string[] => {
  const { name, state, duration, failure, firstPlay, leftBehind } = scenario;
  const [style, words] = endings[state];
  const isKnown = state === 'known-bug';
  const reason = isKnown ? null : reasonAfterFailure(scenario.reason, printed);
  const above = printed !== undefined && reason === null ? ' (see above)' : '';
  const which = isKnown ? ` (${shownBugs(scenario).join(', ')})` : '';
  const lines = [
    `  ${paint(style, `${words} ${formatDuration(duration)}`)}${named ? `: ${name}` : ''}${which}${above}`,
  ];
  if (reason !== null) lines.push(...indent(reason, '    '));
  if (printed === undefined && failure !== undefined)
    lines.push(...composeCircumstances(failure).map((line) => `    ${line}`));
  if (firstPlay !== undefined)
    lines.push(
      `  ${paint('yellow', 'run twice')}; the first time its premise was lost: ${decisionOf(firstPlay.reason)}`,
    );
  if (leftBehind !== undefined)
    lines.push(`  ${paint('yellow', 'left behind')} by its cleanup:`, ...indent(leftBehind, '    '));
  return tagged(lines, tag, paint);
};

/** The line of totals, which programs may parse. A scenario that is not provable counts as failed. */
export const composeTotals = ({
  passed,
  knownBugs,
  failed,
  skipped,
  notProvable,
}: Report['totals']): string =>
  [
    `${passed} passed, ${failed + notProvable} failed`,
    ...(knownBugs > 0 ? [pluralize(knownBugs, 'known bug')] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ');

/**
 * The last lines of a run. They list what did not pass, except if there was only one scenario, which is printed
 * directly above.
 */
export const composeClosing = (
  report: Report,
  path: string,
  paint: Paint,
  { verbose = false }: { verbose?: boolean } = {},
): string[] => {
  const { end, totals, judged, duration, scenarios } = report;
  const failed = totals.failed + totals.notProvable > 0;
  const listed = scenarios.length > 1 ? listFailed(report, path) : [];
  const bugs = listKnown(report, path);
  const cells = listCells(report);
  const left = listLeft(report);
  const otherwise = scenarios.flatMap(ledgerContradictions).map((line) => `  ${line}`);
  const lines = [
    ...(listed.length > 0 ? ['', 'Did not pass:', ...listed] : []),
    ...(bugs.length > 0 ? ['', 'Known bugs of Longhorn (npx corral bugs describes each):', ...bugs] : []),
    ...(left.length > 0 ? ['', describeLeft(report), ...left] : []),
    ...(otherwise.length > 0 ? ['', 'Contradictions to the ledger of known bugs:', ...otherwise] : []),
    ...(cells.length > 0
      ? ['', "Cells of the store's matrix (npx corral store matrix runs all on the engine alone):", ...cells]
      : []),
    '',
    paint(failed ? 'red' : 'green', composeTotals(totals)),
  ];
  if (totals.notProvable > 0)
    lines.push(
      `${totals.notProvable} of the failed not provable: what decides was not seen for sure, as the watch has a gap there or the API server was away, or a fault of another scenario can have brought it about`,
    );
  if (end.state !== 'finished')
    lines.push(paint('yellow', `The run did not finish: ${end.reason ?? end.state}`));
  lines.push(...composeFindings(report, { paint, verbose }));
  return [...lines, `Judged: ${judged}`, `Report: ${path} (${formatDuration(duration)})`];
};

// On the emulator, the known differences are listed only with `verbose`.
const composeFindings = (
  report: Report,
  { paint, verbose }: { paint: Paint; verbose: boolean },
): string[] => {
  const all = findingsOf(report);
  if (all.length === 0) return [];
  const summary = describeFindings(all, report.target);
  if (isEmulated(report.target))
    return [
      `${summary}${verbose ? '' : ' (--output verbose lists them)'}`,
      ...(verbose ? all.flatMap(({ title, detail }) => indent(`${title}: ${detail}`, '  ')) : []),
    ];
  return [
    `${summary}:`,
    ...all.flatMap(({ title, detail, link, scenarios }) => [
      `  ${paint('yellow', 'finding')}: ${title}`,
      ...indent(detail, '    '),
      ...(link === undefined ? [] : [`    ${link}`]),
      ...indent(`met by: ${nameScenarios(scenarios)}`, '    '),
    ]),
  ];
};

/** The known bugs that showed, each with its scenario and the folder of the evidence. */
const listKnown = (report: Report, path: string): string[] => {
  const titleOf = titlesOf(report);
  return report.scenarios.flatMap((scenario) => {
    const kept = scenario.evidence ? [`    ${join(dirname(path), scenario.evidence)}`] : [];
    return shownBugs(scenario).flatMap((id) => [`  ! ${id}: ${titleOf(scenario)}`, ...kept]);
  });
};

const describeLeft = (report: Report): string =>
  hasLeftovers(report)
    ? 'Left in the cluster by the cleanup, so the run has failed (npx corral cleanup removes it):'
    : 'Left in the cluster by the cleanup; it goes with the cluster:';

/** The scenarios whose cleanup left something behind, each with the first line of the reason. */
const listLeft = (report: Report): string[] => {
  const titleOf = titlesOf(report);
  return report.scenarios.flatMap((scenario) =>
    scenario.leftBehind === undefined
      ? []
      : [`  ${titleOf(scenario)}`, `    ${decisionOf(scenario.leftBehind)}`],
  );
};

/** The cells of the store's matrix that were run, one line each. */
const listCells = (report: Report): string[] => {
  const titleOf = titlesOf(report);
  const cells = reportedCells(report.scenarios);
  const width = Math.max(...cells.map(({ ended }) => ended.length));
  return cells.map(({ cell, ended, scenario }) => `  ${ended.padEnd(width)}  ${cell}: ${titleOf(scenario)}`);
};

/**
 * The scenarios that did not pass, each with the failed step and the folder of the evidence. The failures were
 * printed far above. `path` is the report's path, relative to the folder in which the run was started.
 */
const listFailed = (report: Report, path: string): string[] => {
  const titleOf = titlesOf(report);
  return report.scenarios.flatMap((scenario) => {
    const { state, reason, failure, evidence } = scenario;
    if (state !== 'failed' && state !== 'not-provable') return [];
    const first = decisionOf(failure?.step ?? reason ?? '');
    const below = [first, evidence ? join(dirname(path), evidence) : ''].filter((line) => line !== '');
    return [`  ${stateSigns[state]} ${titleOf(scenario)}`, ...below.map((line) => `    ${line}`)];
  });
};
