import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BugId, bugs } from '../../longhorn/bugs/bugs.ts';
import { readEvidence } from '../../report/html/read-evidence.ts';
import type { KnownBug, Report, ScenarioReport } from '../../report/schema.ts';
import { type Redact, redactFor } from './private.ts';

/** The maximum number of log lines. The bundle contains all of them. */
const mostLines = 30;

/** The requirements for the steps. They work with any store that Longhorn has written. */
const given =
  'As an ordinary user (not root), on a copy of a store that Longhorn has written, in the folder `$STORE`: `$VOLUME` is a volume in it with two backups, `$FIRST` and `$SECOND`; `longhorn` is the binary of the engine.';

/** Describes how to reproduce a bug, in Markdown. */
export const composeSteps = (id: BugId): string[] => {
  const bug = bugs[id];
  if ('commands' in bug) return [given, '', '```sh', ...bug.commands, '```'];
  return bug.steps.map((step, index) => `${index + 1}. ${step}`);
};

/** A scenario of a report in which a bug showed. */
type BugOccurrence = { scenario: ScenarioReport; bug: KnownBug };

export const occurrencesIn = ({ scenarios }: Report, id: BugId): BugOccurrence[] =>
  scenarios.flatMap((scenario) =>
    (scenario.bugs ?? []).flatMap((bug) => (bug.id === id && !bug.kept ? [{ scenario, bug }] : [])),
  );

/** Writes a bug report in Markdown from a run, for readers who do not know the run. `folder` contains its results. */
export const writeUp = async (
  id: BugId,
  {
    report,
    folder,
    met: [first, ...others],
  }: { report: Report; folder: string; met: [BugOccurrence, ...BugOccurrence[]] },
): Promise<string[]> => {
  const { scenario, bug } = first;
  const { title, promise, happens, source, versions, upstream } = bugs[id];
  const { run, target, kubernetes } = report;
  const kept = scenario.evidence ?? undefined;
  const evidence = kept === undefined ? undefined : await readEvidence(join(folder, kept), false);
  const history =
    kept === undefined ? '' : await readFile(join(folder, kept, 'history.ndjson'), 'utf8').catch(() => '');
  const redact = redactFor(kubernetes, history);
  const lines = linesAbout(namesIn(history), evidence?.logs ?? []);
  const shown = lines.slice(-mostLines);
  const emulated =
    target.name === 'emulator' ? ['', "**This run was on the suite's emulator, not on Longhorn.**"] : [];
  return [
    `# ${title}`,
    ...emulated,
    '',
    '## Expected',
    '',
    `${sentence(promise)}`,
    '',
    '## What happened',
    '',
    `${sentence(happens)}`,
    '',
    `The scenario "${scenario.name}" saw it so:`,
    '',
    ...fenced(redact(withoutFrames(bug.seen))),
    '',
    '## Versions',
    '',
    `- Longhorn ${redact(target.version ?? 'of a version that the run does not know')}`,
    ...(kubernetes === null ? [] : [`- Kubernetes ${redact(kubernetes.version)}`]),
    `- Known of: ${versions}`,
    '',
    '## Steps',
    '',
    ...composeSteps(id),
    '',
    '## Log lines',
    '',
    ...(shown.length === 0
      ? ['No log that was kept names the objects of the scenario.']
      : fenced(shown.map(redact).join('\n'))),
    ...(lines.length > shown.length ? ['', `These are the last ${shown.length} of ${lines.length}.`] : []),
    '',
    '## Where it comes from',
    '',
    `- ${sentence(source)}`,
    `- Upstream: ${upstream}`,
    '',
    '## Evidence',
    '',
    ...describeEvidence({ run, kept, startedAt: scenario.startedAt }, redact),
    ...others.map((other) => `- It was met by "${other.scenario.name}" as well.`),
  ];
};

const sentence = (clause: string): string => `${clause.charAt(0).toUpperCase()}${clause.slice(1)}.`;

// Stack frames of this suite are useless for Longhorn's developers.
const withoutFrames = (text: string): string => text.replaceAll(/\n\s+at .*:\d+:\d+\)?$/gm, '');

// Fenced with tildes, because the text may contain a fence of backticks.
const fenced = (text: string): string[] => ['~~~~text', ...text.trimEnd().split('\n'), '~~~~'];

const describeEvidence = (
  { run, kept, startedAt }: { run: string; kept: string | undefined; startedAt: string | null },
  redact: Redact,
): string[] => [
  `- Corral's run ${run}${startedAt === null ? '' : `, at ${startedAt}`}`,
  kept === undefined
    ? '- Nothing was kept of it.'
    : `- The bundle, in the folder of the run: ${redact(`${kept}.tar.gz`)}. Secrets are redacted in it, addresses and names are not.`,
];

// The volumes and the backups in the history.
const namesIn = (history: string): string[] => {
  const found = history.matchAll(/"resource":"(?:backups|volumes)".*?"name":"([^"]+)"/g);
  return [...new Set([...found].map(([, name = '']) => name))];
};

// Of logrus and of klog (https://github.com/kubernetes/klog).
const isBad =
  /\blevel=(?:warning|error|fatal)\b|\b[EF]\d{4} \d\d:\d\d:|\bpanic: |^\S*\s*goroutine \d+ \[running\]/;

// Lines about problems are the most useful ones. If there are none, all lines about the objects are shown.
const linesAbout = (names: readonly string[], logs: readonly { text: string }[]): string[] => {
  const all = logs.flatMap(({ text }) => text.split('\n'));
  const about = all.filter((line) => /\bpanic: /.test(line) || names.some((name) => line.includes(name)));
  const bad = about.filter((line) => isBad.test(line));
  return withoutRepeats((bad.length > 0 ? bad : about).toSorted());
};

// Longhorn logs one failure again and again, with other times.
const withoutRepeats = (lines: readonly string[]): string[] => {
  const kinds = Map.groupBy(lines, (line) => line.replaceAll(/[0-9a-f]*\d[0-9a-f]*/g, '#'));
  return [...kinds.values()].map(
    ([first = '', ...again]) => `${cut(first)}${again.length > 0 ? ` (${again.length + 1} times)` : ''}`,
  );
};

const longestLine = 1200;

const cut = (line: string): string => (line.length > longestLine ? `${line.slice(0, longestLine)}...` : line);
