import { stat } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { type Command, InvalidArgumentError, Option } from 'commander';
import semver from 'semver';
import { shorten } from '../kube/text.ts';
import { type Diagnosis, describeDiagnosis, isExplained } from '../longhorn/diagnosis/diagnose.ts';
import { type Pasted, readPasted } from '../longhorn/diagnosis/pasted.ts';
import { deletionCause } from '../longhorn/messages/deletion-cause.ts';
import { linksOf } from '../longhorn/messages/links.ts';
import { type Meaning, nearestTo, type Where } from '../longhorn/messages/look-up.ts';
import { type Field, type MessageRow, messageClasses, type Wording } from '../longhorn/messages/row.ts';
import { helpEnd, newCommand, outputOption, parseFlags, toExitCode } from './command.ts';
import { type ExitCode, exitCode, usageError } from './exit-code.ts';
import {
  type Answer,
  answerTo,
  describeFailure,
  failureToReport,
  isAnswer,
  isInformational,
  isWholeAnswer,
} from './explain-answer.ts';
import { hasManyTexts, textsIn } from './explain-input.ts';
import {
  countLines,
  createSummary,
  describeSummary,
  isSmall,
  type LogSummary,
  readLog,
} from './explain-log.ts';

// The names of the fields as in `kubectl get -o yaml`. `log` stands for all levels, `event` and `condition` for all
// types.
const fields = {
  'messages.error': (field) => field === 'status.messages.error',
  'messages.info': (field) => field === 'status.messages.info',
  error: (field) => field === 'status.error',
  condition: (field) => field.startsWith('condition '),
  event: (field) => field.startsWith('event '),
  log: (field) => field.startsWith('log '),
} satisfies Record<string, (field: Field) => boolean>;

/** The parsed arguments of the command. */
type Arguments = { text: string; where: Where; json: boolean };

type Flags = { field?: keyof typeof fields; state?: string; longhorn?: string; output: 'text' | 'json' };

const about =
  'TEXT is what Longhorn said: a field of an object, an event, or a line of a log, as kubectl, stern or a support bundle show it. It may also be a file with a whole log (.gz too), or a support bundle: its zip, or its unpacked folder. With -, the standard input is read. Of several lines each is explained, and equal ones are counted. The same text can mean something else in another field or state: name them with --field and --state.';

const exitCodes =
  'Exit codes: 0 for each failure the operation and the cause are known, or the levels show that nothing failed; 1 something of this is not known; 2 wrong usage.';

const parseVersion = (version: string): string => {
  if (semver.valid(version) === null)
    throw new InvalidArgumentError('give a version by all its numbers, as v1.12.1');
  return version;
};

const notEmpty = (state: string): string => {
  if (state.trim() === '')
    throw new InvalidArgumentError('name a state, as Error, or the reason of an event');
  return state;
};

const program = (): Command =>
  newCommand('explain', 'Looks up what a message of Longhorn means, and what to do about it.')
    .argument('<text>', 'what Longhorn said, a file of it, or - for the standard input')
    .addOption(new Option('--field <field>', 'the field that holds it').choices(Object.keys(fields)))
    .option('--state <state>', 'the state of the object, or the reason of the event', notEmpty)
    .option('--longhorn <version>', 'the version of Longhorn', parseVersion)
    .addOption(outputOption())
    .addHelpText('after', helpEnd(about, exitCodes));

const parseExplain = (argv: readonly string[]): Arguments => {
  const command = program();
  parseFlags(command, argv);
  const { field, state, longhorn, output } = command.opts<Flags>();
  const where = {
    ...(field !== undefined && { isField: fields[field] }),
    ...(state !== undefined && { state }),
    ...(longhorn !== undefined && { version: longhorn }),
  };
  return { text: command.args[0] ?? '', where, json: output === 'json' };
};

const speakers: Partial<Record<MessageRow['speaker'], string>> = {
  job: 'the pod of a recurring job',
  manager: 'a longhorn-manager',
  node: "a node's own log",
};

const listed = (words: readonly string[]): string =>
  words.length <= 1 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

const of = ({ speaker }: MessageRow): string => speakers[speaker] ?? `a ${speaker}`;

// The name for `states` depends on the field.
const stateOf = ({ fields, states }: MessageRow): string => {
  if (states === undefined) return '';
  const what = fields[0]?.startsWith('event')
    ? 'with the reason'
    : fields[0]?.startsWith('condition')
      ? 'that is'
      : 'in the state';
  return `, ${what} ${listed(states)}`;
};

const describeWording = ({ versions, origin, seen }: Wording): string[] => [
  `  ${versions === '*' ? 'any version' : `Longhorn ${versions}`}, ${origin === 'product' ? 'as the product words it' : 'as a document words it'}`,
  ...linksOf(seen).map((link) => `  ${link}`),
];

const describeMeaning = ({ id, row, wordings, asCause }: Meaning): string[] => [
  `${row.class}: ${row.means}`,
  `  what to do: ${row.advice}`,
  `  known from: ${listed(row.fields)} of ${of(row)}${stateOf(row)}`,
  ...(asCause ? ['  as the cause in: Failed to delete the backup URL in the backupstore, err ...'] : []),
  ...(row.only === undefined ? [] : [`  in order only where ${row.only}`]),
  ...new Set(wordings.flatMap(describeWording)),
  `  in the catalogue: ${id}`,
];

/** Describes all possible meanings of a text. */
const describeMeanings = (meanings: readonly Meaning[]): string[] => {
  const classes = [...new Set(meanings.map(({ row }) => row.class))];
  return [
    ...(meanings.length > 1
      ? [`It has ${meanings.length} meanings; which one it is, the field and the state decide.`, '']
      : []),
    ...meanings.flatMap((meaning) => [...describeMeaning(meaning), '']),
    ...classes.map((name) => `${name}: ${messageClasses[name]}`),
  ];
};

const forPrograms = (diagnosis: Diagnosis | undefined) =>
  diagnosis === undefined
    ? null
    : {
        operation: diagnosis.operation.id,
        cause: diagnosis.cause?.id ?? null,
        store: diagnosis.store,
        data: diagnosis.cause?.data ?? null,
        harmless: diagnosis.operation.harmless !== undefined,
        ...describeDiagnosis(diagnosis),
      };

const summaryForPrograms = ({ lines, groups, unknown }: LogSummary) => ({
  lines,
  groups: groups.map(({ answer, count, first, last, objects, example }) => ({
    diagnosis: forPrograms(answer.diagnosis),
    meanings: answer.meanings.map(({ id, row }) => ({ id, class: row.class, means: row.means })),
    count,
    first: first ?? null,
    last: last ?? null,
    objects: [...objects],
    example,
  })),
  unknown,
});

/** The answer as JSON. `class` is null if the meanings have different classes. */
const composeJson = (
  text: string,
  { meanings, nearest, diagnosis, isOfOtherVersions }: Answer & { nearest: readonly Meaning[] },
): string => {
  const classes = new Set(meanings.map(({ row }) => row.class));
  const described = meanings.map(({ id, row, wordings, asCause }) => ({
    id,
    class: row.class,
    means: row.means,
    advice: row.advice,
    onlyWhere: row.only ?? null,
    said: { by: row.speaker, fields: row.fields, states: row.states ?? null, asCause },
    wordings: wordings.map(({ versions, origin, seen }) => ({
      versions,
      origin,
      seen,
      links: linksOf(seen),
    })),
  }));
  return JSON.stringify(
    {
      text,
      class:
        classes.size === 0
          ? diagnosis === undefined
            ? 'unclassified'
            : 'failure'
          : classes.size === 1
            ? [...classes][0]
            : null,
      diagnosis: forPrograms(diagnosis),
      ofOtherVersions: isOfOtherVersions === true,
      meanings: described,
      nearest: nearest.map(({ id }) => id),
    },
    null,
    2,
  );
};

const longestExample = 160;

// The text of a failed deletion is recognized by its cause.
const causeIn = (example: string): string => deletionCause(example) ?? example;

/** Describes the rows that resemble a text, each with an example. */
const describeNearest = (nearest: readonly Meaning[]): string[] =>
  nearest.length === 0
    ? []
    : [
        'nearest, by their words; give the whole text to know which one it is:',
        ...nearest.flatMap(({ id, row, wordings: [wording] }) => [
          `  ${id} (${row.class}), ${listed(row.fields)} of ${of(row)}: ${row.means}`,
          `    such as: ${shorten(causeIn(wording?.example ?? ''), longestExample)}`,
        ]),
      ];

const unclassified = 'unclassified: the catalogue knows no such text';

const describeAnswer = (answer: Answer): string[] => {
  const failure = failureToReport(answer);
  // Of a failure with a known cause, the rows of other places say less.
  const isClear = failure !== undefined && isExplained(failure) && answer.meanings.length > 1;
  const rows = [
    ...(answer.isOfOtherVersions ? ['No row is of the version given; it is known from others:', ''] : []),
    ...(answer.meanings.length === 0 || isClear ? [] : describeMeanings(answer.meanings)),
  ];
  if (failure === undefined) return rows;
  return [
    ...describeFailure(failure),
    `  operation ${failure.operation.id}, cause ${failure.cause?.id ?? (isExplained(failure) ? 'none' : 'unknown')}`,
    ...(rows.length > 0 ? [''] : []),
    ...rows,
  ];
};

/** What the level of an unknown text proves, or who said it. */
const describeOrigin = ({ field, controller }: Pasted): string => {
  if (isInformational(field)) return `. By its level (${field}) it reports no failure.`;
  if (field === 'log warning') return '. A warning alone proves no failure.';
  return controller === undefined ? '' : `. It was said by ${controller}.`;
};

const explainText = (text: string, answer: Answer, pasted: Pasted, { where, json }: Arguments): boolean => {
  const isKnown = isAnswer(answer);
  const narrowed = !isKnown && Object.keys(where).length > 0 && isAnswer(answerTo({ text, objects: [] }, {}));
  const isVague = answer.diagnosis?.byItsWords === false && answer.diagnosis.cause === undefined;
  const nearest = (isKnown && !isVague) || narrowed ? [] : nearestTo(text, where);
  const lines = isKnown
    ? [...describeAnswer(answer), ...describeNearest(nearest)]
    : [
        `${unclassified}${narrowed ? ' in that field and state; without the flags it knows it' : ''}${describeOrigin(pasted)}`,
        ...describeNearest(nearest),
      ];
  process.stdout.write(json ? `${composeJson(text, { ...answer, nearest })}\n` : `${lines.join('\n')}\n`);
  return isKnown ? isWholeAnswer(answer) : isInformational(pasted.field);
};

const printSummary = (summary: LogSummary, { json }: Arguments): boolean => {
  process.stdout.write(
    json
      ? `${JSON.stringify(summaryForPrograms(summary), null, 2)}\n`
      : `${describeSummary(summary).join('\n')}\n`,
  );
  const { groups, unknown, isInformationalOnly } = summary;
  return (
    (groups.length > 0 || isInformationalOnly) &&
    unknown.count === 0 &&
    groups.every(({ answer }) => isWholeAnswer(answer))
  );
};

// A text contains blanks and is not the name of a file. A text in the form of a path is taken for a path.
const fileNamed = async (text: string): Promise<string | undefined> => {
  if (text.length > 4096 || text.includes('\n')) return undefined;
  const found = await stat(text).catch((error: NodeJS.ErrnoException) => error);
  if (!(found instanceof Error)) return text;
  if (/^(?:\.{0,2}\/\S*|\S+\.(?:log|txt|gz|json|yaml))$/.test(text))
    throw usageError(`${text} cannot be read (${found.code}): give a file that is there, a text, or -`);
  return undefined;
};

const isSmallFile = async (file: string): Promise<boolean> => isSmall(file, (await stat(file)).size);

const cannotBeRead =
  (file: string) =>
  (error: NodeJS.ErrnoException): never => {
    if (error.code === undefined) throw error;
    throw usageError(`${file} cannot be read (${error.code}): give a file that can, a text, or -`);
  };

const readOne = async (file: string): Promise<string> => {
  const [only] = await textsIn(file);
  return only === undefined ? '' : readAll(only.open().stream);
};

/** Returns whether all is known. */
const explain = async (args: Arguments): Promise<boolean> => {
  const { version } = args.where;
  const file = args.text === '-' ? undefined : await fileNamed(args.text);
  if (file !== undefined && ((await hasManyTexts(file)) || !(await isSmallFile(file)))) {
    const summary = await readLog(file, version).catch(cannotBeRead(file));
    if (summary.lines === 0) throw usageError(`${file} is empty: give a file with what Longhorn said`);
    return printSummary(summary, args);
  }
  const input =
    file !== undefined
      ? await readOne(file).catch(cannotBeRead(file))
      : args.text === '-'
        ? await readAll(process.stdin)
        : args.text;
  const pasted = readPasted(input, (text) => isAnswer(answerTo({ text, objects: [] }, args.where)));
  const [only] = pasted;
  if (only === undefined)
    throw usageError(
      input.includes('\0')
        ? `${file ?? 'the input'} is no text: give what Longhorn said`
        : input.trim() !== ''
          ? 'the object has no message: give what Longhorn said of it, as its conditions or events'
          : file !== undefined
            ? `${file} is empty: give a file with what Longhorn said`
            : 'the text is empty: give what Longhorn said, or - to read it from the standard input',
    );
  if (pasted.length > 1) {
    const summary = createSummary(version);
    summary.count(countLines(input));
    for (const each of pasted) summary.add(each);
    return printSummary(summary.end(), args);
  }
  return explainText(input.trim(), answerTo(only, args.where), only, args);
};

/**
 * `npx corral explain`: explains a message of Longhorn. Returns the exit code: 0 known with its cause, or no failure
 * by its level, 1 not completely known, 2 usage.
 */
export const runExplainCommand = (argv: readonly string[]): Promise<ExitCode> =>
  toExitCode('explain', async () =>
    (await explain(parseExplain(argv))) ? exitCode.passed : exitCode.failed,
  );
