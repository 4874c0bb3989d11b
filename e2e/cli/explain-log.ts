import { createInterface } from 'node:readline';
import { text as readAll } from 'node:stream/consumers';
import { shorten } from '../kube/text.ts';
import { type Diagnosis, isExplained, isOperationKnown } from '../longhorn/diagnosis/diagnose.ts';
import { type Pasted, readPasted, readPrintedObjects, startsRecord } from '../longhorn/diagnosis/pasted.ts';
import {
  type Answer,
  answerTo,
  describeFailure,
  failureToReport,
  isAnswer,
  isInformational,
} from './explain-answer.ts';
import { textsIn } from './explain-input.ts';

/** The lines of a log with the same answer: their number, times and objects. */
type Group = {
  answer: Answer;
  count: number;
  first?: string;
  last?: string;
  objects: Set<string>;
  example: string;
  /** The last line of the same process before its panic, with the objects that it names. */
  before?: string;
  /** The first and the last time of a progress message with an unchanged number. */
  still?: { first: string; last: string };
};

type Repeated = { text: string; count: number; first: string; last: string };

/** The result for a log: the lines that have an answer, and the error lines that have none. */
export type LogSummary = {
  lines: number;
  /** There are messages, and all have the level info, debug or Normal. */
  isInformationalOnly: boolean;
  /** The most frequent line that reports no failure. */
  repeated?: Repeated;
  groups: Group[];
  unknown: { count: number; example?: string };
};

const mostAnswers = 20_000;
const mostObjects = 1000;

// Lines that differ only in a name or a long number share one answer. Short numbers may be error codes.
const shapeOf = ({ text, field, state }: Pasted): string =>
  `${field}|${state}|${text.replaceAll(/[0-9a-f]{0,64}\d[0-9a-f]{5,}|\d{4,}/g, '#')}`;

const progress = /\bprogress \d/;

const longEnough = 15 * 60_000;

const isStill = ({ first, last }: { first: string; last: string }): boolean =>
  Date.parse(last) - Date.parse(first) > longEnough;

const near = 60_000;

const isBefore = (one: string, other: string): boolean => one.length > 8 === other.length > 8 && one < other;

// Lines without a time, or with the hour alone, stand beside each other.
const areNear = (one: string | undefined, other: string | undefined): boolean =>
  !(Math.abs(Date.parse(one ?? '') - Date.parse(other ?? '')) > near);

// It does not say why, as what waits for another thing that failed.
const isWithoutCause = ({ cause, words }: Diagnosis): boolean =>
  cause === undefined ? words === undefined : cause.kind === true;

/** Whether two lines are about one event: one lacks the cause or the operation, or both have the same words. */
const describeSameEvent = (one: Diagnosis, other: Diagnosis): boolean =>
  one.operation === other.operation
    ? isWithoutCause(one) !== isWithoutCause(other)
    : one.cause !== undefined &&
      one.cause === other.cause &&
      (one.words === other.words || !isOperationKnown(one) || !isOperationKnown(other));

const saysMore = (one: Diagnosis, other: Diagnosis): boolean =>
  isOperationKnown(one) !== isOperationKnown(other)
    ? isOperationKnown(one)
    : isExplained(one) && !isExplained(other);

const mostRecent = 8;

const ofProcess = /^(?:engine|replica) \S+-[er]-\w+$/;

const namesIn = /\b(pvc-[0-9a-f]{8}-[0-9a-f-]{27}|backup-[0-9a-f]{16})\b/g;

const bareName = (name: string): string => name.replace(/^\S+ (?=pvc-|backup-[0-9a-f]{16})/, '');

// Names, numbers and quotes.
const withoutNames = (words: string): string =>
  words.replaceAll(/"[^"]*"|'[^']*'|[\w.]+(?:-[\w.]+)+|\S*[\d/]\S*/g, '#');

// Failures without a known cause differ by their words.
const distinctWordsOf = (failure: Diagnosis): string =>
  isExplained(failure) || (failure.cause !== undefined && !failure.cause.quoted)
    ? ''
    : withoutNames(failure.words ?? '');

// Failures of no known operation differ by the words around their cause.
const whatFailed = (failure: Diagnosis): string =>
  isOperationKnown(failure) ? failure.operation.id : withoutNames(failure.outermost ?? '');

const keyOf = (answer: Answer): string => {
  const failure = failureToReport(answer);
  return failure === undefined
    ? String(answer.meanings[0]?.id)
    : `${whatFailed(failure)}|${failure.cause?.id}|${distinctWordsOf(failure)}`;
};

// Failures with a known cause come first, because they may be the cause of others. Lines without a failure come last.
const rankOf = ({ answer }: Group): number => {
  const failure = failureToReport(answer);
  if (failure === undefined || failure.operation.harmless !== undefined) return 2;
  return isExplained(failure) ? 0 : 1;
};

const often = 3;

const mostRepeated = (all: readonly Repeated[]): { repeated?: Repeated } => {
  const most = all.reduce<Repeated | undefined>(
    (best, each) => (each.count > (best?.count ?? often - 1) ? each : best),
    undefined,
  );
  return most === undefined ? {} : { repeated: most };
};

/** Collects the answers for lines and counts equal ones. */
export const createSummary = (version: string | undefined) => {
  const answers = new Map<string, Answer>();
  const groups = new Map<string, Group>();
  const progressed = new Map<string, string>();
  const lastSaid = new Map<string, string>();
  const repeated = new Map<string, Repeated>();
  let recent: Group[] = [];
  const unknown: LogSummary['unknown'] = { count: 0 };
  let lines = 0;
  let isInformationalOnly: boolean | undefined;
  const answerOf = (shape: string, pasted: Pasted): Answer => {
    const found = answers.get(shape) ?? answerTo(pasted, version === undefined ? {} : { version });
    if (answers.size < mostAnswers) answers.set(shape, found);
    return found;
  };
  const repeat = (shape: string, { text, time = '' }: Pasted): void => {
    const said = repeated.get(shape);
    if (said !== undefined) {
      said.count += 1;
      said.last = time;
    } else if (repeated.size < mostAnswers) repeated.set(shape, { text, count: 1, first: time, last: time });
  };
  /** The group of the lines just before that are about the same event, if there is one. */
  const groupBefore = (failure: Diagnosis | undefined, { time, objects }: Pasted): Group | undefined =>
    recent.find((group) => {
      const other = failureToReport(group.answer);
      return (
        failure !== undefined &&
        other !== undefined &&
        failure.operation.harmless === undefined &&
        describeSameEvent(failure, other) &&
        areNear(group.last, time) &&
        (objects.length === 0 ||
          group.objects.size === 0 ||
          objects.some((each) => group.objects.has(bareName(each))))
      );
    });
  return {
    count: (more: number): void => {
      lines += more;
    },
    add: (pasted: Pasted | undefined): void => {
      if (pasted === undefined) return;
      const { field = '' } = pasted;
      isInformationalOnly = isInformationalOnly !== false && isInformational(pasted.field);
      const shape = shapeOf(pasted);
      const answer = answerOf(shape, pasted);
      const failure = failureToReport(answer);
      const process = pasted.objects.find((each) => ofProcess.test(each)) ?? '';
      const before = lastSaid.get(process);
      if (process !== '' && lastSaid.size < mostAnswers)
        lastSaid.set(process, [pasted.text, ...pasted.objects.filter((each) => each !== process)].join(', '));
      if (!isAnswer(answer)) {
        if (isInformational(pasted.field)) repeat(shape, pasted);
        if (!/^log (?:error|fatal)$/.test(field)) return;
        unknown.count += 1;
        unknown.example ??= pasted.text;
        return;
      }
      const key = keyOf(answer);
      const ofKey = groups.get(key);
      const found = ofKey ?? groupBefore(failure, pasted);
      const group = found ?? { answer, count: 0, objects: new Set(), example: pasted.text };
      const other = ofKey === undefined ? failureToReport(group.answer) : undefined;
      if (failure !== undefined && other !== undefined && saysMore(failure, other))
        Object.assign(group, { answer, example: pasted.text });
      if (found === undefined || group.answer === answer) groups.set(key, group);
      if (recent[0] !== group)
        recent = [group, ...recent.filter((each) => each !== group)].slice(0, mostRecent);
      if (group.count === 0 && failure?.cause?.id === 'panic' && before !== undefined) group.before = before;
      group.count += 1;
      if (pasted.time !== undefined) {
        const since = progress.test(pasted.text) ? progressed.get(pasted.text) : undefined;
        if (since !== undefined && isStill({ first: since, last: pasted.time }))
          group.still = { first: since, last: pasted.time };
        if (since === undefined && progressed.size < mostAnswers && progress.test(pasted.text))
          progressed.set(pasted.text, pasted.time);
        // Of a time without its date nobody knows whether it is before another one.
        if (group.first === undefined || isBefore(pasted.time, group.first)) group.first = pasted.time;
        if (group.last === undefined || isBefore(group.last, pasted.time)) group.last = pasted.time;
      }
      if (group.objects.size < mostObjects)
        for (const name of [...pasted.objects, ...[...pasted.text.matchAll(namesIn)].map(([each]) => each)])
          group.objects.add(bareName(name));
    },
    end: (): LogSummary => ({
      lines,
      isInformationalOnly: isInformationalOnly === true,
      ...mostRepeated([...repeated.values()]),
      groups: [...new Set(groups.values())].toSorted(
        (one, other) => rankOf(one) - rankOf(other) || other.count - one.count,
      ),
      unknown,
    }),
  };
};

const reportEvery = 1000;

// In bytes. A larger file is read in pieces as a log, because parsing it as objects takes a hundred times its size
// in memory.
const mostAtOnce = 4 << 20;
const mostPacked = 1 << 18;

/** Whether a text is small enough to be read as a whole, like a pasted text. */
export const isSmall = (name: string, size: number): boolean =>
  size <= (name.endsWith('.gz') ? mostPacked : mostAtOnce);

const isOfObjects = (name: string): boolean => /\.(?:ya?ml|json)$/.test(name);

const isKnownText = (text: string): boolean => isAnswer(answerTo({ text, objects: [] }, {}));

/** The number of lines that are not empty. */
export const countLines = (text: string): number =>
  text.split('\n').filter((line) => line.trim() !== '').length;

// In characters. A piece is read as a whole, so that its memory does not grow with the file.
const longestPiece = 1 << 18;

// A record of a log, or an object of a list in YAML.
const startsPiece = (line: string): boolean => startsRecord.test(line) || /^- \w+:(?:\s|$)/.test(line);

/** Yields the lines in pieces of whole records, as far as they are in records. */
async function* inPieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let piece: string[] = [];
  let length = 0;
  for await (const line of lines) {
    if (length > longestPiece && (startsPiece(line) || length > 4 * longestPiece)) {
      yield piece.join('\n');
      piece = [];
      length = 0;
    }
    if (!line.includes('\0')) piece.push(line);
    length += line.length + 1;
  }
  yield piece.join('\n');
}

/** Reads a file, a folder or a zip (such as a support bundle). Large texts are read in pieces. */
export const readLog = async (path: string, version: string | undefined): Promise<LogSummary> => {
  const texts = await textsIn(path);
  const all = texts.reduce((sum, { size }) => sum + size, 0);
  const summary = createSummary(version);
  let before = 0;
  let reportedAt = performance.now();
  for (const { name, size, open } of texts) {
    const isWhole = isSmall(name, size);
    const { stream, bytesRead } = open();
    const pieces = isWhole
      ? [await readAll(stream)]
      : inPieces(createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }));
    for await (const piece of pieces) {
      const objects = isWhole && isOfObjects(name) ? readPrintedObjects(piece) : undefined;
      summary.count(countLines(piece));
      for (const each of objects ?? readPasted(piece, isKnownText)) summary.add(each);
      if (performance.now() - reportedAt < reportEvery) continue;
      reportedAt = performance.now();
      const percent = all === 0 ? 100 : Math.floor((100 * (before + bytesRead())) / all);
      process.stderr.write(`${percent} % of ${Math.ceil(all / 1e6)} MB read\n`);
    }
    before += size;
  }
  return summary.end();
};

const mostNamed = 5;
const longestExample = 200;

const describeObjects = (objects: ReadonlySet<string>): string[] => {
  if (objects.size === 0) return [];
  const named = [...objects].slice(0, mostNamed).join(', ');
  const more = objects.size - mostNamed;
  return [`  of ${named}${more > 0 ? ` and ${objects.size >= mostObjects ? 'many' : more} more` : ''}`];
};

const describeTimes = ({ first, last }: Group): string[] => {
  if (first === undefined || last === undefined) return [];
  return [first === last ? `  at ${first}` : `  from ${first} to ${last}`];
};

const describeGroup = (group: Group): string[] => {
  const { answer, count, example } = group;
  const failure = failureToReport(answer);
  const row = answer.meanings[0]?.row;
  const [what, ...more] =
    failure === undefined
      ? [
          group.still === undefined
            ? `${row?.class}: ${row?.means}`
            : `The number stayed the same from ${group.still.first} to ${group.still.last}: there may be no progress.`,
          `  what to do: ${row?.advice}`,
        ]
      : describeFailure(failure);
  return [
    `${count} x ${what}`,
    ...more,
    ...(answer.isOfOtherVersions ? ['  known from other versions than the one given'] : []),
    ...(group.before === undefined
      ? []
      : [`  before that the same process said: ${shorten(group.before, longestExample)}`]),
    ...describeTimes(group),
    ...describeObjects(group.objects),
    `  such as: ${shorten(example, longestExample)}`,
  ];
};

const waits = /\b(?:[Ww]ait(?:s|ing)? (?:for|until|to) )(.{1,200})/;

const describeRepeated = (repeated: Repeated | undefined): string => {
  if (repeated === undefined) return '';
  const { text, count, first, last } = repeated;
  const when = first === last ? '' : `, from ${first} to ${last}`;
  const waited = waits.exec(text)?.[1];
  return ` But this one is said ${count} times${when}: "${shorten(text, longestExample)}". ${
    waited === undefined
      ? 'If it should have ended by now, find out why it starts again.'
      : `It waits for: ${shorten(waited, longestExample)}. If that does not happen, find out why.`
  }`;
};

/** Describes the result for a log: failures with a known cause come first, and the most frequent ones before others. */
export const describeSummary = ({
  lines,
  groups,
  unknown,
  isInformationalOnly,
  repeated,
}: LogSummary): string[] => {
  const known = groups.reduce((sum, { count }) => sum + count, 0);
  return [
    `Lines read: ${lines}; messages known here: ${known}; different ones: ${groups.length}.`,
    '',
    ...(groups.length === 0 && unknown.count === 0
      ? [
          isInformationalOnly
            ? `No line reports a failure: by their levels, all are informational (info or debug).${describeRepeated(repeated)}`
            : 'No line is known here, and none has the level error. That does not say that nothing failed: look at what stands before and after them.',
        ]
      : []),
    ...groups.flatMap((group) => [...describeGroup(group), '']),
    ...(unknown.count === 0
      ? []
      : [
          `Lines of errors that are unclassified: ${unknown.count}, such as: ${shorten(unknown.example ?? '', longestExample)}`,
        ]),
  ];
};
