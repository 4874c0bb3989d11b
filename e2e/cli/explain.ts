import { text as readAll } from 'node:stream/consumers';
import { type Command, InvalidArgumentError, Option } from 'commander';
import semver from 'semver';
import { shorten } from '../kube/shorten.ts';
import { deletionCause } from '../longhorn/messages/deletion-cause.ts';
import { linksOf } from '../longhorn/messages/links.ts';
import { readLogLine } from '../longhorn/messages/log-line.ts';
import { type Meaning, meaningsOf, nearestTo, type Where } from '../longhorn/messages/look-up.ts';
import { type Field, messageClasses, type Row, type Wording } from '../longhorn/messages/row.ts';
import { newCommand, outputOption, parseFlags, toExitCode } from './command.ts';
import { type ExitCode, exitCode, usageError } from './exit-code.ts';

// The names that a reader of `kubectl get -o yaml` knows; a log has levels, an event types, a condition a
// type: any of them.
const fields = {
  'messages.error': (field) => field === 'status.messages.error',
  'messages.info': (field) => field === 'status.messages.info',
  error: (field) => field === 'status.error',
  condition: (field) => field.startsWith('condition '),
  event: (field) => field.startsWith('event '),
  log: (field) => field.startsWith('log '),
} satisfies Record<string, (field: Field) => boolean>;

/** What the command was asked. */
type Arguments = { text: string; where: Where; json: boolean };

type Flags = { field?: keyof typeof fields; state?: string; longhorn?: string; output: 'text' | 'json' };

const exitCodes = `
TEXT is what Longhorn said: a field of an object, an event, or a line of a log; - reads it from the standard input. Of a deletion that failed its cause
will do. What is said in another field or state is another message, so a text alone may have several meanings.

Exit codes: 0 the catalogue knows the text; 1 it is unclassified; 2 the command was called in a way it does not know.`;

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
  newCommand('explain', 'Asks the message catalogue what a text of Longhorn means, and what to do about it.')
    .argument('<text>', 'what Longhorn said; - reads it from the standard input')
    .addOption(new Option('--field <field>', 'where it stands').choices(Object.keys(fields)))
    .option('--state <state>', 'the state of the object that says it, or the reason of the event', notEmpty)
    .option('--longhorn <version>', 'the version of Longhorn that says it', parseVersion)
    .addOption(outputOption())
    .addHelpText('after', exitCodes);

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

const speakers: Partial<Record<Row['speaker'], string>> = {
  job: 'the pod of a recurring job',
  manager: 'a longhorn-manager',
  node: "a node's own log",
};

const listed = (words: readonly string[]): string =>
  words.length <= 1 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

const of = ({ speaker }: Row): string => speakers[speaker] ?? `a ${speaker}`;

// What a state is called depends on what has it.
const stateOf = ({ fields, states }: Row): string => {
  if (states === undefined) return '';
  const what = fields[0]?.startsWith('event')
    ? 'with the reason'
    : fields[0]?.startsWith('condition')
      ? 'that is'
      : 'in the state';
  return `, ${what} ${listed(states)}`;
};

const describeWording = ({ versions, origin, seen }: Wording): string[] => [
  `  ${versions === '*' ? 'any version' : `Longhorn ${versions}`}, ${origin === 'product' ? 'as the product words it' : 'as a document words it'}: ${seen}`,
  ...linksOf(seen).map((link) => `  ${link}`),
];

const describeMeaning = ({ id, row, wordings, asCause }: Meaning): string[] => [
  `${row.class}: ${row.means}`,
  `  ${row.advice}`,
  `  where: ${listed(row.fields)} of ${of(row)}${stateOf(row)}`,
  ...(asCause ? ['  as the cause in: Failed to delete the backup URL in the backupstore, err ...'] : []),
  ...(row.only === undefined ? [] : [`  in order only where ${row.only}`]),
  ...wordings.flatMap(describeWording),
  `  in the catalogue: ${id}`,
];

/** Tells all that a text can mean, for a reader. */
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

/** The same for programs; `class` is null where the meanings do not agree on one. */
const composeJson = (
  text: string,
  { meanings, nearest }: Record<'meanings' | 'nearest', readonly Meaning[]>,
): string => {
  const classes = new Set(meanings.map(({ row }) => row.class));
  const told = meanings.map(({ id, row, wordings, asCause }) => ({
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
      class: classes.size === 0 ? 'unclassified' : classes.size === 1 ? [...classes][0] : null,
      meanings: told,
      nearest: nearest.map(({ id }) => id),
    },
    null,
    2,
  );
};

const longestExample = 160;

// Of a failed deletion's text the cause is what tells it from others.
const causeIn = (example: string): string => deletionCause(example) ?? example;

/** The rows that a part of a text may be of, a line each and what it is like. */
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

const find = (text: string, { where }: Arguments): Meaning[] => {
  // A whole line of a log says itself at which level it was logged.
  const logged = readLogLine('manager', text)?.message;
  if (logged === undefined) return meaningsOf(text, where);
  const { isField = () => true } = where;
  return meaningsOf(logged.text, { ...where, isField: (field) => isField(field) && field === logged.field });
};

const explain = async (args: Arguments): Promise<ExitCode> => {
  const text = (args.text === '-' ? await readAll(process.stdin) : args.text).trim();
  if (text === '')
    throw usageError('the text is empty: give what Longhorn said, or - to read it from the standard input');
  const meanings = find(text, args);
  const narrowed = Object.keys(args.where).length > 0 && meaningsOf(text).length > 0;
  const nearest = meanings.length > 0 || narrowed ? [] : nearestTo(text, args.where);
  if (args.json) process.stdout.write(`${composeJson(text, { meanings, nearest })}\n`);
  else if (meanings.length > 0) process.stdout.write(`${describeMeanings(meanings).join('\n')}\n`);
  else
    process.stdout.write(
      `${unclassified}${narrowed ? ' in that field, state and version; without the flags it knows it' : ''}\n${describeNearest(
        nearest,
      )
        .map((line) => `${line}\n`)
        .join('')}`,
    );
  return meanings.length > 0 ? exitCode.passed : exitCode.failed;
};

/**
 * `npx corral explain`: tells what a text of Longhorn means. Returns the exit code: 0 known, 1 unclassified, 2
 * usage.
 */
export const runExplainCommand = (argv: readonly string[]): Promise<ExitCode> =>
  toExitCode('explain', () => explain(parseExplain(argv)));
