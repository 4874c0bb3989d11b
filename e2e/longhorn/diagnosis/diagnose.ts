import { causes, type KnownCause, type StoreKind } from './causes.ts';
import { harmless } from './harmless.ts';
import { endedProgram, type Operation, operations, statusOfBackup, unknownOperation } from './operations.ts';
import { printedStates } from './states.ts';

/** What failed, and why, according to a text. */
export type Diagnosis = {
  operation: Operation;
  /** Whether the text has words of the operation. If not, the operation is known from the component that logged it. */
  byItsWords: boolean;
  /** Undefined if only the operation is known. */
  cause: KnownCause | undefined;
  /** Other faults that the text shows. */
  besides: KnownCause[];
  /** The words of the text with the cause, or its last words if the cause is not known. */
  words: string | undefined;
  /** The text ends before it names the cause. */
  isCutOff: boolean;
  /** The outermost of the messages that wrap the cause. */
  outermost: string | undefined;
  /** The operation of a controller whose request was refused. */
  during: Operation | undefined;
  /** The text itself says that the backup is Completed. */
  isCompleted: boolean;
  /** The controller has given up after its last attempt. */
  isDropped: boolean;
  /** It was logged as a warning. The program continues after a warning. */
  isWarning: boolean;
  /** It was the last line that a program logged. */
  isFatal: boolean;
  /** The component that logged the text, if it is known. */
  speaker: string | undefined;
  store: StoreKind;
};

/** The source of a text: the controller that logged it, the state of the object, and the field. */
type Beside = { controller?: string; state?: string; field?: string };

const kinds: readonly (readonly [StoreKind, RegExp])[] = [
  ['s3', /\bs3:\/|\bAWS\b|AWS_|\bX?Minio/],
  ['azblob', /\bazblob:\/\/|blob\.core\.windows\.net/],
  ['nfs', /\bnfs4?\b|\bNFS\b/],
  ['cifs', /\bcifs:\/\/|\bCIFS\b|\bmount\.cifs\b|\bmount error\(/],
  ['gcs', /storage\.googleapis\.com/],
];

// Messages of success name operations too, so a failure needs one of these words.
const failing =
  /fail|error|still connecting|does not contain|\bERR\b|EOF\b|Illegal instruction|and has no URL|SIG[A-Z]{3,4}\b|hostbyte=|Aborting|on replica \S+ seq|segfault|crashed on|is degraded|cannot|can't|could not|couldn't|unable|denied|refused|rejected|time[d ]*out|invalid|missing|not found|Faulted|\blost\b|\bBUG\b|unsupported|unexpected|\bis not\b|not deployed|not supported|not allowed|required|doesn't|mismatch|conflict|corrupt|not enough|not available|\bcan only\b|\balready\b|blocked|insufficient|too long|too many|panic|not loaded|does not match|received an empty|\bis down\b|\bis nil\b|is different|unschedulable|more than (?:1|one) engine|since (?:server|received) stop|greater than|immutable|\bis cancell?ed\b/i;

const longestWords = 200;

const shortened = (words: string): string | undefined => {
  // Removes the end of a JSON object whose last value these words are.
  const value = words.includes('{') ? words : words.replace(/"\}+\s*$/, '');
  const trimmed = value.replace(/^[\s"'`\\,]+|[\s"'`\\,.]+$/g, '');
  if (trimmed.length <= longestWords) return trimmed || undefined;
  return `${trimmed.slice(0, longestWords).replace(/\s\S*$/, '')} ...`;
};

const borders = /: |desc = |\boutput |\bmessage=|\bmsg=|\berr /;

const ending = /, stderr|, error|, code=|[\]}] from \[|\\n|" \w+=/;

/** The innermost message that contains the words at this position, or all from them to the end of the text. */
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

// A text that ends in a command, a path or the name of a component was cut off before its cause.
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

// The text ends in an open quote or bracket, with the name of a component, or as an event without its message.
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

/** The last complete message of a text that was cut off. */
const lastWordsOf = (text: string): string | undefined =>
  shortened(
    (text.split(/,? stderr\b/)[0] ?? '')
      .split(borders)
      .map((part) => part.replace(/^[\s"'\\]+|[\s"'\\:]+$/g, ''))
      .findLast((part) => !isNoCause.test(part) && part !== text) ?? '',
  );

/** The innermost of messages that wrap each other. It is closest to the cause. Undefined if nothing is wrapped. */
const innermostOf = (text: string): string | undefined => {
  const [said = ''] = text.split(/,? stderr\b/);
  const [last = '', before = '', ...around] = said
    .replace(/, code=[A-Z][\s\S]*$|[ ,:]*(?:error )?exit status \d+\W*$/, '')
    .split(borders)
    .map((part) => part.trim())
    .toReversed();
  // A number means nothing without the name before it.
  const isNumber = /^\d{1,20}$/.test(last);
  if ((isNumber ? around : [before, ...around]).join('') === '') return undefined;
  const words = (isNumber ? `${before}: ${last}` : last).slice(0, 2 * longestWords);
  return isNoCause.test(words) ? undefined : shortened(words);
};

// Words that only name the operation are no cause.
const beyond = ({ pattern }: Operation, words: string | undefined): string | undefined =>
  words !== undefined && pattern?.exec(words)?.[0] === words ? undefined : words;

/** The outermost message before a cause. */
const wrappingIn = (before: string): string | undefined => {
  const [first = '', ...more] = before.slice(0, 2 * longestWords).split(': ');
  return more.length === 0 || /["={}]|^(?:fatal error|panic|API|stack|rpc error)$/.test(first)
    ? undefined
    : shortened(first);
};

const ofBackups = new Set(['create', 'sync']);
const hasCompleted = /\bstate\W{1,5}Completed\b/i;

// The first function that is not of Go or Kubernetes, as REPOSITORY/PACKAGE.FUNCTION. Its callers do not count.
const frames = /\n\s*github\.com\/[\w-]+\/([\w-]+)[./]((?:[\w-]+\/)*[\w-]+(?:\.\(\*?\w+\))?(?:\.\w+)*)\(/g;

// Libraries are part of several programs.
const programs = new Set([
  ...['longhorn-manager', 'longhorn-engine', 'longhorn-instance-manager', 'longhorn-spdk-engine'],
  ...['backing-image-manager', 'longhorn-share-manager'],
]);

// A panic is known by its first line, its function, and the program whose code called that function.
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
  // Velero uses its own store.
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
 * Finds the operation and the cause of a failure in a text: outer messages name the operation, inner ones the cause.
 * Undefined if it finds neither. Each pattern is matched once, so the time is proportional to the length of the text.
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

/** Whether the operation that failed is known. */
export const isOperationKnown = ({ operation }: Diagnosis): boolean => operation !== unknownOperation;

// A warning without a known operation does not show whether anything failed.
const isMereWarning = (diagnosis: Diagnosis): boolean => diagnosis.isWarning && !isOperationKnown(diagnosis);

/** Whether a text looks like a failure but is harmless. */
export const isHarmless = (text: string, beside?: Beside): boolean =>
  diagnose(text, beside)?.operation.harmless !== undefined;

/** Whether the cause of the failure is known, and not only its kind, or the text is harmless. */
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
 * Describes a diagnosis, in one sentence each: what failed and why, what that proves, what to do, and what Longhorn
 * does next. The last is left out if the text does not prove what failed.
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
