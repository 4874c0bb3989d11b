import { causes, type KnownCause, type StoreKind } from './causes.ts';
import { harmless } from './harmless.ts';
import { endedProgram, type Operation, operations, statusOfBackup, unknownOperation } from './operations.ts';
import { printedStates } from './states.ts';

/** What failed and why, as far as a text says so. */
export type Diagnosis = {
  operation: Operation;
  /** Whether words of the operation itself are in the text; if not, who said it tells the operation, if any. */
  byItsWords: boolean;
  /** Undefined: the operation is known, and why it failed is not. */
  cause: KnownCause | undefined;
  /** Faults that the text shows beside its cause. */
  besides: KnownCause[];
  /** The words of the text that hold the cause, or the last ones where it is not known. */
  words: string | undefined;
  /** The text ends where it would say why. */
  isCutOff: boolean;
  /** The first of the words that stand around the cause. */
  outermost: string | undefined;
  /** What a controller was at when a request of it was refused. */
  during: Operation | undefined;
  /** The text itself says that the backup is there. */
  isCompleted: boolean;
  /** The controller has tried as often as it does. */
  isDropped: boolean;
  /** It was logged as a warning, after which a program goes on. */
  isWarning: boolean;
  /** It was logged as the last line of a program. */
  isFatal: boolean;
  /** The component that said it, where that shows beside the text. */
  speaker: string | undefined;
  store: StoreKind;
};

/** What is known of a text beside it: the controller that logged it, the state of an object, the field it stood in. */
type Beside = { controller?: string; state?: string; field?: string };

const kinds: readonly (readonly [StoreKind, RegExp])[] = [
  ['s3', /\bs3:\/|\bAWS\b|AWS_|\bX?Minio/],
  ['azblob', /\bazblob:\/\/|blob\.core\.windows\.net/],
  ['nfs', /\bnfs4?\b|\bNFS\b/],
  ['cifs', /\bcifs:\/\/|\bCIFS\b|\bmount\.cifs\b|\bmount error\(/],
  ['gcs', /storage\.googleapis\.com/],
];

// What goes well names an operation too.
const failing =
  /fail|error|still connecting|does not contain|\bERR\b|EOF\b|Illegal instruction|and has no URL|SIG[A-Z]{3,4}\b|hostbyte=|Aborting|on replica \S+ seq|segfault|crashed on|is degraded|cannot|can't|could not|couldn't|unable|denied|refused|rejected|time[d ]*out|invalid|missing|not found|Faulted|\blost\b|\bBUG\b|unsupported|unexpected|\bis not\b|not deployed|not supported|not allowed|required|doesn't|mismatch|conflict|corrupt|not enough|not available|\bcan only\b|\balready\b|blocked|insufficient|too long|too many|panic|not loaded|does not match|received an empty|\bis down\b|\bis nil\b|is different|unschedulable|more than (?:1|one) engine|since (?:server|received) stop|greater than|immutable|\bis cancell?ed\b/i;

const longestWords = 200;

const shortened = (words: string): string | undefined => {
  // The end of a JSON object that the words are the last value of.
  const value = words.includes('{') ? words : words.replace(/"\}+\s*$/, '');
  const trimmed = value.replace(/^[\s"'`\\,]+|[\s"'`\\,.]+$/g, '');
  if (trimmed.length <= longestWords) return trimmed || undefined;
  return `${trimmed.slice(0, longestWords).replace(/\s\S*$/, '')} ...`;
};

const borders = /: |desc = |\boutput |\bmessage=|\bmsg=|\berr /;

const ending = /, stderr|, error|, code=|[\]}] from \[|\\n|" \w+=/;

/** The part of a text, between what wraps it, that has the words at this place; or from them to the text's end. */
const partAt = (text: string, start: number, end: number, upTo: KnownCause['quoted']): string | undefined => {
  const before =
    text
      .slice(Math.max(0, start - longestWords), start)
      .split(borders)
      .at(-1) ?? '';
  const rest = text.slice(end, end + 2 * longestWords).split(ending)[0] ?? '';
  const after = upTo === 'to its end' ? rest : (rest.split(': ')[0] ?? '');
  return shortened(before + text.slice(start, end) + after);
};

// What ends in a command, a path or the name of who speaks was cut off before its cause.
const isNoCause =
  /^(?:\S*\/\S*(?: \[.*)?|rpc error|code = \w+(?: desc =?)?|AWS Error|fail(?:ed)? to execute|failed(?:\w*| to \w{0,2})|.{0,3})$/i;

const opensQuote = (text: string): boolean => {
  const at = text.lastIndexOf('"');
  return (
    at >= 0 &&
    text.split('"').length % 2 === 0 &&
    /^(?:|[\s=:([{,])$/.test(text.charAt(at - 1)) &&
    /[^\s,.)\]}]/.test(text.charAt(at + 1))
  );
};

// The last words are within a quote or a bracket, only name who speaks, or are an event without its message.
const endsTooEarly = (text: string): boolean => {
  const bare = text.replace(/\\(?=["'\\])["'\\]?/g, (escaped) => (escaped === '\\"' ? '"' : ' '));
  const last = bare.split(borders).at(-1)?.trim() ?? '';
  return (
    opensQuote(bare) ||
    bare.lastIndexOf('[') > bare.lastIndexOf(']') ||
    bare.lastIndexOf('{') > bare.lastIndexOf('}') ||
    /(?::|\\|\b(?:err|error|msg)=)["'\s]{0,4}$|^FailedRestore$|\bstatusCode \[\d+\]\. Status$/.test(
      bare.slice(-40),
    ) ||
    /^"?(?:rpc error|AWS Error|code = \w+|fail(?:ed)? to execute)$/i.test(last) ||
    /fail(?:ed)? to (?:execute: \S{0,300}|\w{0,2})$/i.test(bare.slice(-400))
  );
};

/** The last words of a text that was cut off, without those that only begin to say something. */
const lastWordsOf = (text: string): string | undefined =>
  shortened(
    (text.split(/,? stderr\b/)[0] ?? '')
      .split(borders)
      .map((part) => part.replace(/^[\s"'\\]+|[\s"'\\:]+$/g, ''))
      .findLast((part) => !isNoCause.test(part) && part !== text) ?? '',
  );

/** The innermost of what wraps each other: it says most of a cause. Undefined for a text that has no such parts. */
const innermostOf = (text: string): string | undefined => {
  const [said = ''] = text.split(/,? stderr\b/);
  const [last = '', before = '', ...around] = said
    .replace(/, code=[A-Z][\s\S]*$|[ ,:]*(?:error )?exit status \d+\W*$/, '')
    .split(borders)
    .map((part) => part.trim())
    .toReversed();
  // A number alone says nothing without what it is of.
  const isNumber = /^\d{1,20}$/.test(last);
  if ((isNumber ? around : [before, ...around]).join('') === '') return undefined;
  const words = (isNumber ? `${before}: ${last}` : last).slice(0, 2 * longestWords);
  return isNoCause.test(words) ? undefined : shortened(words);
};

// Words that only name the operation tell of no cause.
const beyond = ({ pattern }: Operation, words: string | undefined): string | undefined =>
  words !== undefined && pattern?.exec(words)?.[0] === words ? undefined : words;

/** The first words of what stands before a cause and wraps it. */
const wrappingIn = (before: string): string | undefined => {
  const [first = '', ...more] = before.slice(0, 2 * longestWords).split(': ');
  return more.length === 0 || /["={}]|^(?:fatal error|panic|API|stack|rpc error)$/.test(first)
    ? undefined
    : shortened(first);
};

const ofBackups = new Set(['create', 'sync']);
const hasCompleted = /\bstate\W{1,5}Completed\b/i;

// The first function that is not of Go or Kubernetes, as REPOSITORY/PACKAGE.FUNCTION; not who called those.
const frames = /\n\s*github\.com\/[\w-]+\/([\w-]+)[./]((?:[\w-]+\/)*[\w-]+(?:\.\(\*?\w+\))?(?:\.\w+)*)\(/g;

// Libraries are part of several programs.
const programs = new Set([
  ...['longhorn-manager', 'longhorn-engine', 'longhorn-instance-manager', 'longhorn-spdk-engine'],
  ...['backing-image-manager', 'longhorn-share-manager'],
]);

// Of a panic the first line counts, and where it was: the place in the code, and whose code called that.
const withoutStack = (text: string): string => {
  if (!/\bpanic\b|^stack: /.test(text)) return text;
  const found = [...text.slice(text.lastIndexOf('\npanic(') + 1 || 0).matchAll(frames)];
  const [, repository = '', place] = found[0] ?? [];
  if (place === undefined) return text;
  const program = found.map(([, each = '']) => each).find((each) => programs.has(each));
  const caller = program === undefined || program === repository ? '' : ` of ${program}`;
  return `${text.split('\n')[0]} in ${repository}/${place}${caller}`;
};

const startsStack = /^(?:panic|fatal error): /;

type OperationFound = Pick<Diagnosis, 'operation' | 'byItsWords'>;

const panicked = / in longhorn-manager\/controller\.\(\*(\w+)Controller\)\.\w+$/;

// The controllers of longhorn-manager are named after their types.
const controllerOf = (text: string): string | undefined => {
  const name = panicked.exec(text)?.[1];
  return name && `longhorn${name.replace(/[A-Z]/g, (each) => `-${each.toLowerCase()}`)}`;
};

const operationIn = (text: string, { controller, field, state }: Beside): OperationFound => {
  // Velero has a store of its own.
  const worded =
    [...printedStates, ...harmless, ...operations].find(
      ({ pattern, asksStore }) => pattern?.test(text) && !(asksStore && controller === 'velero'),
    ) ?? operations.find(({ pattern }) => state !== undefined && pattern?.test(state));
  if (worded !== undefined) return { operation: worded, byItsWords: true };
  const ofController =
    operations.find(({ conditions }) => field !== undefined && conditions?.includes(field)) ??
    operationOf(controller ?? controllerOf(text));
  if (ofController !== undefined) return { operation: ofController, byItsWords: false };
  return field === 'log fatal'
    ? { operation: endedProgram, byItsWords: true }
    : { operation: unknownOperation, byItsWords: false };
};

const operationOf = (controller: string | undefined): Operation | undefined =>
  operations.find(({ controllers }) => controller !== undefined && controllers?.includes(controller));

/**
 * Says what a text tells of a failure: the operation by the words around, the cause by the words within. Undefined
 * where it tells of neither. Each pattern is looked for once, so that the time grows with the text.
 */
export const diagnose = (folded: string, beside: Beside = {}): Diagnosis | undefined => {
  const text = withoutStack(folded).replace(/\s+/g, ' ');
  const { operation, byItsWords } = operationIn(text, beside);
  const hasFailed = operation !== unknownOperation && failing.test(text);
  const isFault = operation.harmless === undefined;
  const fitting = causes.filter(
    ({ pattern, common, within }) =>
      isFault && (!common || hasFailed) && (within?.includes(operation.id) ?? true) && pattern.test(text),
  );
  const cause = fitting.find(({ beside: isBeside }) => !isBeside) ?? fitting[0];
  if (cause === undefined && isFault && !hasFailed && operation !== endedProgram) return undefined;
  const isCompleted = beside.state === 'Completed' || hasCompleted.test(text);
  const found = cause?.pattern.exec(text);
  const isCutOff = isFault && cause === undefined && endsTooEarly(text);
  return {
    operation: isCompleted && ofBackups.has(operation.id) ? statusOfBackup : operation,
    byItsWords,
    cause,
    isCutOff,
    besides: fitting.filter((each) => each.beside && each !== cause),
    words: found
      ? partAt(text, found.index, found.index + found[0].length, cause?.quoted)
      : isCutOff
        ? lastWordsOf(text)
        : beyond(operation, innermostOf(text)),
    outermost: wrappingIn(text.slice(0, found?.index ?? 0)),
    during: operation.id === 'webhook' ? operationOf(beside.controller) : undefined,
    isCompleted,
    isDropped: /\bDropping [^"]{1,300} out of the queue/.test(text),
    isWarning: beside.field === 'log warning',
    isFatal: beside.field === 'log fatal' && !startsStack.test(text),
    speaker: beside.controller,
    store: kinds.find(([, pattern]) => pattern.test(text))?.[0] ?? 'any',
  };
};

const restores = new Set(['restore', 'incremental-restore', 'restore-given-up']);

/** Whether it is known what failed. */
export const isOperationKnown = ({ operation }: Diagnosis): boolean => operation !== unknownOperation;

// What a warning of no known operation comes to, it does not say.
const isMereWarning = (diagnosis: Diagnosis): boolean => diagnosis.isWarning && !isOperationKnown(diagnosis);

/** Whether a text reads like a fault and is none. */
export const isHarmless = (text: string, beside?: Beside): boolean =>
  diagnose(text, beside)?.operation.harmless !== undefined;

/** Whether it is known why something failed, and not only in what way, or that nothing did. */
export const isExplained = (diagnosis: Diagnosis): boolean =>
  !isMereWarning(diagnosis) &&
  ((diagnosis.cause !== undefined && !diagnosis.cause.kind) || diagnosis.operation.harmless !== undefined);

const reasonOf = ({ operation, cause, words, isCutOff }: Diagnosis): string => {
  if (operation.harmless !== undefined) return 'That alone is no fault.';
  if (cause?.quoted && words !== undefined) return `${cause.means} Its words: "${words}".`;
  if (cause !== undefined) return cause.means;
  if (isCutOff)
    return `Why, is not in this text, which ends before that${words === undefined ? '' : `, behind "${words}"`}: it was cut off there, or left empty.`;
  return words === undefined
    ? 'Why, is not known here.'
    : `The cause that it names is not known here: "${words}".`;
};

const around = 'Look at the lines around it, and at the objects that it names.';

const wholeText = 'Look at the whole text: the whole line of the log, the whole event or status.';

const adviceOf = (diagnosis: Diagnosis): string => {
  const { operation, cause, store, isCutOff } = diagnosis;
  if (isCutOff) return [wholeText, operation.look ?? []].flat().join(' ');
  const known = cause?.adviceIn?.[operation.id];
  if (known === undefined && operation.advice !== undefined && !cause?.within?.includes(operation.id))
    return operation.advice;
  if (cause === undefined) return operation.harmless ?? operation.look ?? around;
  const isOfStore = operation.asksStore === true || store !== 'any';
  const advice = known ?? (isOfStore ? cause.adviceOn?.[store] : cause.elsewhere) ?? cause.advice;
  if (!restores.has(operation.id) || cause.data === undefined) return advice;
  return cause.data === 'doubtful'
    ? `${advice} Only if both fail restore from another backup.`
    : `${advice} Restore from another backup.`;
};

const retryOf = (diagnosis: Diagnosis): string | undefined => {
  const { operation, cause, during, isCompleted, isDropped } = diagnosis;
  if (isCompleted && operation === statusOfBackup)
    return 'The text itself has the state Completed: the backup was made, and is not to be deleted for this.';
  if (isDropped)
    return 'It gave this attempt up ("Dropping ... out of the queue"), and begins anew when the object changes or is looked at again.';
  return cause?.retryIn?.[operation.id] ?? cause?.retry ?? during?.retry ?? operation.retry;
};

const ended = 'The program that said it ended with that (its level is fatal)';

const whatOf = (diagnosis: Diagnosis): string[] => {
  const { operation, during, outermost, speaker, isFatal } = diagnosis;
  const of = speaker === undefined ? '' : ` (said by ${speaker})`;
  const what = isMereWarning(diagnosis) ? 'A warning, which alone proves no failure' : operation.failed;
  const failed = isOperationKnown(diagnosis) ? what : `${what}${outermost ? ` ("${outermost}")` : ''}${of}`;
  return [
    failed,
    ...(during ? [during.failed] : []),
    ...(isFatal && operation !== endedProgram ? [ended] : []),
  ];
};

/**
 * What a diagnosis says, a sentence each: what failed and why, what that proves, what to do, and what Longhorn does;
 * of that nothing where the text does not prove what failed.
 */
export const describeDiagnosis = (
  diagnosis: Diagnosis,
): { what: string; proves: string[]; advice: string; retry: string | undefined } => {
  const { operation, cause, besides } = diagnosis;
  return {
    what: [
      ...whatOf(diagnosis).map((each) => (each.endsWith('.') ? each : `${each}.`)),
      reasonOf(diagnosis),
    ].join(' '),
    proves: [
      ...(cause?.unreached && operation.asksStore ? ['No request reached the store.'] : []),
      ...(restores.has(operation.id) && cause !== undefined && cause.data === undefined
        ? ['Nothing in it says that the backup is damaged.']
        : []),
    ],
    advice: [adviceOf(diagnosis), ...besides.map(({ means, advice }) => `Besides: ${means} ${advice}`)].join(
      ' ',
    ),
    retry: retryOf(diagnosis),
  };
};
