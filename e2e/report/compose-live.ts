import { formatDuration } from '../kube/duration.ts';
import type { Paint } from './console.ts';
import type { Awaited, RunningScenario } from './running-scenarios.ts';

/** The numbers of scenarios that have ended, by result, and of those that have not begun. */
export type Counts = {
  passed: number;
  knownBugs: number;
  failed: number;
  skipped: number;
  toCome: number;
};

/** What the live area shows: the time, the size of the terminal, the numbers of the scenarios, and the counts. */
type Frame = Counts & {
  now: number;
  columns: number;
  rows: number;
  paint: Paint;
  tagOf: (test: RunningScenario['test']) => string | undefined;
};

// Rounded down to seconds, because the area is redrawn once a second.
const span = (milliseconds: number): string =>
  milliseconds < 1000 ? '0 s' : formatDuration(Math.floor(milliseconds / 1000) * 1000);

const cut = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…`;

/** The first text that fits into the width. If none fits, the last text is cut. */
const firstThatFits = (texts: readonly [string, ...string[]], width: number): string =>
  texts.find((text) => text.length <= width) ?? cut(texts.at(-1) ?? '', width);

// One column stays free, because some terminals wrap a line that fills the last column.
const room = ({ columns }: Frame, indent: number): number => Math.max(1, columns - 1 - indent);

/**
 * Describes a wait: the awaited state, the current state and its age, and the remaining time. Returns the full text
 * first, then shorter and shorter ones.
 */
const describeAwaited = (
  { what, now: state, since, at, limit, owner }: Awaited,
  now: number,
): [string, ...string[]] => {
  const spent = span(now - since);
  const seen = state === null ? 'not seen yet' : `now ${state}, for ${spent}`;
  const left = `${span(at + limit - now)} left`;
  return [
    `awaited: ${what}; ${seen}; ${left} of ${formatDuration(limit)} (${owner})`,
    `awaited: ${what}; ${seen}; ${left}`,
    `awaited: ${what}; ${state === null ? seen : `now ${state} (${spent})`}; ${left}`,
    `${seen}; awaited: ${what}`,
  ];
};

/** Composes a line of a text and the time since its start. Only the text is cut. */
const composeTimed = (
  text: string,
  { since, indent, style }: { since: number; indent: string; style?: 'bold' },
  frame: Frame,
): string => {
  const time = ` (${span(frame.now - since)})`;
  const shown = cut(text, room(frame, indent.length) - time.length);
  return `${indent}${style === undefined ? shown : frame.paint(style, shown)}${frame.paint('dim', time)}`;
};

/**
 * Composes the state of a scenario in at most `depth` lines. In two lines the wait is shown instead of the step,
 * because it says more.
 */
const composeRunning = (
  { test, at, step, awaited }: RunningScenario,
  depth: number,
  frame: Frame,
): string[] => {
  const { now, paint, tagOf } = frame;
  const tag = tagOf(test);
  const head = tag === undefined ? '' : `${tag} `;
  const waits = awaited && describeAwaited(awaited, now);
  if (depth === 1) {
    const name = cut(test.name, Math.floor(room(frame, head.length) / 2));
    const rest = waits?.at(-1) ?? step?.sentence ?? 'begins';
    return [
      `${head}${paint('bold', name)}${paint('dim', `: ${cut(rest, room(frame, head.length + name.length + 2))}`)}`,
    ];
  }
  const indent = ' '.repeat(Math.max(2, head.length));
  const below = [
    ...(step === undefined ? [] : [composeTimed(step.sentence, { since: step.at, indent }, frame)]),
    ...(waits === undefined
      ? []
      : [`${indent}${paint('dim', firstThatFits(waits, room(frame, indent.length)))}`]),
  ];
  return [
    composeTimed(test.name, { since: at, indent: head, style: 'bold' }, frame),
    ...below.slice(1 - depth),
  ];
};

const composeCounts = ({ passed, knownBugs, failed, skipped, toCome }: Counts, running: number): string => {
  const counted: [number, string][] = [
    [running, 'running'],
    [passed, 'passed'],
    [knownBugs, knownBugs === 1 ? 'known bug' : 'known bugs'],
    [failed, 'failed'],
    [skipped, 'skipped'],
    [toCome, 'to come'],
  ];
  return counted.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : [])).join(', ');
};

/** Composes the live area: the state of each scenario in as many lines as the terminal has room for, and the counts. */
export const composeLive = (running: readonly RunningScenario[], frame: Frame): string[] => {
  if (running.length === 0) return [];
  // Reserved rows: one for the results above, an empty row, the counts, and the row of the cursor.
  const rows = Math.max(1, frame.rows - 4);
  const inDepth = (depth: number) => running.flatMap((each) => composeRunning(each, depth, frame));
  const lines = [3, 2].map(inDepth).find(({ length }) => length <= rows) ?? inDepth(1);
  const shown =
    lines.length <= rows ? lines : [...lines.slice(0, rows - 1), `… and ${lines.length - rows + 1} more`];
  return ['', ...shown, frame.paint('dim', cut(composeCounts(frame, running.length), room(frame, 0)))];
};

const describeStep = ({ step, awaited }: RunningScenario, now: number): string => {
  if (step === undefined) return '';
  const [waits] = awaited === undefined ? [''] : describeAwaited(awaited, now);
  return `still at: ${step.sentence}, for ${span(now - step.at)}${waits && `; ${waits}`}`;
};

/** The line that is printed after a long silence: the counts, and the scenario with the longest current step. */
export const composeSilence = (running: readonly RunningScenario[], counts: Counts, now: number): string => {
  const [longest] = running
    .filter(({ step }) => step !== undefined)
    .toSorted((one, other) => (one.step?.at ?? 0) - (other.step?.at ?? 0));
  const at = longest === undefined ? '' : `; longest: ${longest.test.name}, ${describeStep(longest, now)}`;
  return `· ${composeCounts(counts, running.length) || 'no scenario has begun'}${at}`;
};
