import { stripVTControlCharacters } from 'node:util';
import { create } from 'xmlbuilder2';
import { formatDuration } from '../kube/duration.ts';
import { composeCircumstances } from './compose-failure.ts';
import { decisionOf } from './decision-of.ts';
import { hasLeftovers, judgedImages, wordForFinding } from './judged.ts';
import type { Report, ScenarioReport } from './schema.ts';
import { titlesOf } from './title.ts';

/** A test case in the format of the XML library: the key `@name` is an attribute, the key `#` is the text. */
type Case = { '@name': string; '@classname': string; '@time': string } & Partial<
  Record<'failure' | 'error' | 'skipped' | 'system-out', object | string>
>;

// The suite name of problems of the run itself, which belong to no file.
const ofRun = 'the run';

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

// Removes the escape codes of colours. XML has only one kind of line end.
const plain = (text: string): string => stripVTControlCharacters(text).replace(/\r\n?/g, '\n');

const firstLine = (text: string): string =>
  plain(text)
    .split('\n')
    .find((line) => line.trim() !== '')
    ?.trim() ?? '';

const problem = (type: string, reason: string, more: readonly string[] = []) => ({
  '@type': type,
  '@message': firstLine(decisionOf(plain(reason))),
  '#': [plain(reason), ...more.map(plain)].join('\n'),
});

const verdictOf = ({
  state,
  reason,
  failure,
}: ScenarioReport): Pick<Case, 'failure' | 'error' | 'skipped'> => {
  const circumstances = failure === undefined ? [] : composeCircumstances(failure);
  if (state === 'failed') return { failure: problem('failed', reason ?? '', circumstances) };
  if (state === 'not-provable') return { error: problem('not-provable', reason ?? '', circumstances) };
  return state === 'skipped' ? { skipped: { '@message': firstLine(reason ?? '') } } : {};
};

const stepSigns = { passed: '✓', failed: '✗', 'known-bug': '!', noted: '·' } as const;

const scenarioText = (
  { steps, findings, bugs = [], firstPlay, leftBehind }: ScenarioReport,
  noun: string,
): string =>
  [
    ...(firstPlay === undefined
      ? []
      : [`run twice; the first time its premise was lost:\n${firstPlay.reason}`]),
    ...steps.map(
      ({ sentence, state, duration }) =>
        `${stepSigns[state]} ${sentence}${state === 'noted' ? '' : ` (${formatDuration(duration)})`}`,
    ),
    ...bugs.map(
      ({ id, severity, title, kept, seen }) =>
        `known bug ${id} (${severity})${kept ? ', which did not show' : ''}: ${title}\n${seen}`,
    ),
    ...findings.map(
      ({ title, detail, link }) => `${noun}: ${title}\n${detail}${link === undefined ? '' : `\n${link}`}`,
    ),
    ...(leftBehind === undefined ? [] : [`left behind by its cleanup:\n${leftBehind}`]),
  ]
    .map(plain)
    .join('\n');

const toClass = (file: string): string => file.replace(/(\.e2e)?\.ts$/, '').replaceAll('/', '.') || ofRun;

const toCase = (scenario: ScenarioReport, { title, noun }: { title: string; noun: string }): Case => {
  const output = scenarioText(scenario, noun);
  return {
    '@name': title,
    '@classname': toClass(scenario.file),
    '@time': seconds(scenario.duration),
    ...verdictOf(scenario),
    ...(output !== '' && { 'system-out': output }),
  };
};

/**
 * The problems of the run that are no scenario's fault. If they skipped all scenarios, no other case would report them.
 */
const casesOfRun = (report: Report): Case[] => {
  const { end, differences, scenarios } = report;
  const named = (name: string) => ({ '@name': name, '@classname': ofRun, '@time': seconds(0) });
  const cases: Case[] = [];
  if (end.state !== 'finished')
    cases.push({ ...named('The run finishes'), error: problem(end.state, end.reason ?? end.state) });
  if (hasLeftovers(report))
    cases.push({
      ...named('The cleanup leaves nothing in the cluster'),
      failure: problem('left-behind', scenarios.flatMap(({ leftBehind }) => leftBehind ?? []).join('\n')),
    });
  if (differences === null)
    cases.push({
      ...named('The cluster is as it was before the run'),
      error: problem('not-provable', 'it could not be compared'),
    });
  if (differences?.length)
    cases.push({
      ...named('The cluster is as it was before the run'),
      failure: problem('differs', differences.join('\n')),
    });
  return cases;
};

const count = (cases: readonly Case[], what: 'failure' | 'error' | 'skipped'): number =>
  cases.filter((each) => each[what] !== undefined).length;

const numbers = (cases: readonly Case[]) => ({
  '@tests': cases.length,
  '@failures': count(cases, 'failure'),
  '@errors': count(cases, 'error'),
});

const toProperties = (report: Report, scenarios: readonly ScenarioReport[]) => {
  const { run, provider, target, kubernetes, judged } = report;
  const images = judgedImages(report);
  const stores = new Set(scenarios.flatMap(({ store }) => store ?? []));

  const values = {
    run,
    provider,
    target: target.name,
    version: target.version,
    kubernetes: kubernetes?.version ?? null,
    judged,
    store: stores.size > 0 ? [...stores].join(', ') : null,
    ...Object.fromEntries(images.map(({ name, digest }) => [`image ${name}`, digest])),
  };
  const known = Object.entries(values).filter(([, value]) => value !== null);
  return { property: known.map(([name, value]) => ({ '@name': name, '@value': value })) };
};

/**
 * Composes a report as JUnit XML: one suite per file, one case per scenario and round. A scenario that is not
 * provable is an error of that type. A problem of the run itself is a separate case.
 */
export const composeJunit = (report: Report): string => {
  const titleOf = titlesOf(report);
  const noun = wordForFinding(report.target);
  const bySuite = Map.groupBy(report.scenarios, ({ file }) => file || ofRun);
  const suites = [...bySuite].map(([name, ofSuite]) => ({
    name,
    ofSuite,
    cases: ofSuite.map((each) => toCase(each, { title: titleOf(each), noun })),
  }));
  const own = casesOfRun(report);
  const same = suites.find(({ name }) => name === ofRun);
  if (same !== undefined) same.cases.push(...own);
  else if (own.length > 0) suites.push({ name: ofRun, ofSuite: [], cases: own });
  const sum = (cases: readonly Case[]) =>
    seconds(cases.reduce((time, each) => time + Number(each['@time']) * 1000, 0));
  const testsuite = suites.map(({ name, ofSuite, cases }) => ({
    '@name': name,
    '@timestamp': report.startedAt.slice(0, 19),
    ...numbers(cases),
    '@skipped': count(cases, 'skipped'),
    '@time': sum(cases),
    properties: toProperties(report, ofSuite),
    testcase: cases,
  }));
  const all = suites.flatMap(({ cases }) => cases);
  const testsuites = { '@name': 'Corral', ...numbers(all), '@time': seconds(report.duration), testsuite };
  const options = { version: '1.0', encoding: 'UTF-8', invalidCharReplacement: '\uFFFD' } as const;
  return `${create(options, { testsuites }).end({ prettyPrint: true })}\n`;
};
