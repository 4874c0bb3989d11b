import { createReadStream } from 'node:fs';
import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { parseRecording, type Recording } from '../history/recording.ts';
import { explainVerdict } from '../history/verdict.ts';
import { readNamedFile, whyNoFile } from '../kube/named-file.ts';
import { describeExpected, endings } from '../suite/evidence/history/expectations.ts';
import { markerSchema } from '../suite/evidence/history/markers.ts';
import {
  agrees,
  endedAsIntended,
  type JudgedExpectation,
  judgeAgain,
} from '../suite/evidence/replay/judge-again.ts';
import { describeObject } from '../suite/steps/describe-object.ts';
// Imported for its side effect: the steps register the named states that recorded rules refer to.
import '../suite/steps/subjects.ts';
import { newCommand, parseFlags, toExitCode } from './command.ts';
import { type ExitCode, exitCode, usageError } from './exit-code.ts';
import { printableText } from './printable.ts';

/** A history and its path. */
type Found = { path: string; recording: Recording };

const historyName = 'history.ndjson';

/**
 * Reads the histories at a path: a file, a bundle, or a folder with any number of them. Throws a CommandError if
 * there is none.
 */
const readHistories = async (path: string): Promise<Found[]> => {
  const kind = await stat(path).catch(({ code }: NodeJS.ErrnoException) => {
    throw usageError(code === 'ENOENT' ? `there is no ${path || "''"}` : `${path} cannot be read: ${code}`);
  });
  if (kind.isDirectory()) return readFolder(path);
  if (/\.(tar\.gz|tgz)$/.test(path)) return readBundle(path);
  return [{ path, recording: parse(path, readText(path)) }];
};

const readText = (path: string): string => {
  try {
    return readNamedFile(path);
  } catch (error) {
    throw usageError(`${path} cannot be read: ${whyNoFile(error) ?? (error as Error).message}`);
  }
};

// A folder of results contains other .ndjson files too: the ledger of faults, Kubernetes events, the history of runs.
const readFolder = async (folder: string): Promise<Found[]> => {
  const found: Found[] = [];
  for await (const path of glob('**/*.ndjson', { cwd: folder })) {
    const content = readText(join(folder, path));
    if (isRecording(content))
      found.push({ path: join(folder, path), recording: parse(join(folder, path), content) });
  }
  if (found.length === 0)
    throw usageError(`${folder} holds no ${historyName} of a scenario, and no recording`);
  return found.toSorted((one, other) => (one.path < other.path ? -1 : 1));
};

const isRecording = (content: string): boolean => /^\s*\{"recording"/.test(content);

const readBundle = async (path: string): Promise<Found[]> => {
  const archive = extract();
  const found: Found[] = [];
  const read = async () => {
    for await (const entry of archive) {
      if (entry.header.name.endsWith(historyName))
        found.push({ path, recording: parse(path, await text(entry)) });
      else entry.resume();
    }
  };
  await Promise.all([pipeline(createReadStream(path), createGunzip(), archive), read()]).catch(
    (error: Error) => {
      throw usageError(`${path} is no bundle: ${whyNoFile(error) ?? error.message}`);
    },
  );
  if (found.length === 0) throw usageError(`${path} is no bundle: it holds no ${historyName}`);
  return found;
};

const parse = (path: string, content: string): Recording => {
  try {
    return parseRecording(content);
  } catch (error) {
    throw usageError(`${path} is ${(error as Error).message}`);
  }
};

const nameState = (state: string | undefined): string =>
  endings[state as keyof typeof endings] ?? 'not decided';

const indent = (text: string): string[] =>
  text.split('\n').map((line) => (line === '' ? '' : `      ${line}`));

/** Describes a history: its origin and its number of events. */
const describeHistory = ({ header, lines }: Recording, path: string): string[] => {
  const events = lines.filter((line) => !('marker' in line)).length;
  const { recording, run, longhorn, kubernetes } = header;
  const of = [
    longhorn && `Longhorn ${longhorn}`,
    kubernetes && `Kubernetes ${kubernetes}`,
    run && `run ${run}`,
    `${events} events`,
  ].filter((part) => part);
  return [String(recording), `  ${path}: ${of.join(', ')}`, ...describePlace(lines)];
};

// The hint comes from the run: it depends on the faults of the whole run, which a single history does not contain.
const describePlace = (lines: Recording['lines']): string[] => {
  const judged = lines.map((line) =>
    'marker' in line ? markerSchema.safeParse(line).data?.pointsTo : undefined,
  );
  const pointsTo = judged.findLast((each) => each !== undefined);
  return pointsTo === undefined
    ? []
    : [`  points to: ${pointsTo.place}, as decided then`, ...pointsTo.because.map((each) => `    ${each}`)];
};

/**
 * Describes an expectation with its former and its new verdict. If it did not end as intended, the whole explanation
 * is included.
 */
const describeJudged = (judged: JudgedExpectation): string[] => {
  const { set, recorded, now, why, knownBug } = judged;
  const subject = describeExpected(set);
  const wanted = set.wanted === undefined ? '' : `, as it was meant to`;
  if (now === undefined)
    return [`  · ${subject}: ${nameState(recorded?.phase)} then; not judged again: ${why}`];
  const sign = knownBug !== undefined ? '!' : endedAsIntended(judged) ? '✓' : '✗';
  const known = knownBug === undefined ? '' : `, as known bug ${knownBug} makes it`;
  const isAsMeant = now.state === (set.wanted ?? 'met');
  const explained = isAsMeant ? [] : indent(explainVerdict(now));
  if (agrees(judged) === undefined)
    return [
      `  · ${subject}: ${nameState(now.state)} now; the history ends before it was decided then`,
      ...explained,
    ];
  if (agrees(judged))
    return [
      `  ${sign} ${subject}: ${nameState(now.state)}${isAsMeant ? wanted : ''}${known}, then and now`,
      ...explained,
    ];
  return [
    `  ! ${subject}: ${nameState(recorded?.phase)} then, ${nameState(now.state)} now: the judgement DIFFERS`,
    ...explained,
  ];
};

const program = () =>
  newCommand(
    'replay',
    'Judges the expectations in recorded histories again, with the code of this version and without a cluster.',
  ).argument('<path...>', 'a history.ndjson, a bundle (*.tar.gz), or a folder with such files');

/**
 * `npx corral replay FILE...`: judges the expectations in recorded histories again, with the code of this version and
 * without a cluster. Returns the exit code: 0 all verdicts are as recorded and as intended, 1 a verdict is as
 * recorded but not as intended, 4 a verdict differs from the record, 2 wrong usage or an invalid file.
 */
export const runReplayCommand = (argv: readonly string[]): Promise<ExitCode> =>
  toExitCode('replay', async () => {
    const command = program();
    parseFlags(command, argv);
    const found: Found[] = [];
    for (const path of command.args) found.push(...(await readHistories(path)));
    const judged = found.flatMap(judgeOne);
    print(summary(found.length, judged));
    if (judged.some((each) => agrees(each) === false)) return exitCode.differs;
    return judged.some((each) => endedAsIntended(each) === false) ? exitCode.failed : exitCode.passed;
  });

const print = (...lines: string[]): void =>
  void process.stdout.write(printableText(lines.map((line) => `${line}\n`).join('')));

const judgeOne = ({ path, recording }: Found): JudgedExpectation[] => {
  const judged = judge(path, recording);
  print(...describeHistory(recording, path), ...judged.flatMap(describeJudged));
  if (judged.length === 0) print('  nothing was expected in it: there is nothing to judge');
  print('');
  return judged;
};

// An invalid line causes an error only when it is replayed.
const judge = (path: string, recording: Found['recording']): JudgedExpectation[] => {
  try {
    return judgeAgain(recording, describeObject);
  } catch (error) {
    throw usageError(`${path} cannot be judged again: ${(error as Error).message.split('\n')[0]}`);
  }
};

const summary = (histories: number, judged: readonly JudgedExpectation[]): string => {
  const count = (is: (each: JudgedExpectation) => boolean): number => judged.filter(is).length;
  const again = count(({ now }) => now !== undefined);
  const parts = [
    `${again} judged again`,
    `${count((each) => agrees(each) === true)} as recorded`,
    `${count((each) => agrees(each) === false)} otherwise`,
    ...(again < judged.length ? [`${judged.length - again} not judged again`] : []),
  ];
  return `${histories} ${histories === 1 ? 'history' : 'histories'}: ${parts.join(', ')}`;
};
