import { causes, type KnownCause, type StoreKind } from './causes.ts';
import { type Operation, operations, unknownOperation } from './operations.ts';

/** What failed and why, as far as a text says so. */
export type Diagnosis = {
  operation: Operation;
  /** Whether words of the operation itself are in the text; if not, the operation is what the text is about. */
  byItsWords: boolean;
  /** Undefined: the operation is known, and why it failed is not. */
  cause: KnownCause | undefined;
  store: StoreKind;
};

const kinds: readonly (readonly [StoreKind, RegExp])[] = [
  ['s3', /\bs3:\/\/|\bAWS\b|AWS_|\bX?Minio/],
  ['azblob', /\bazblob:\/\/|blob\.core\.windows\.net/],
  ['nfs', /\bnfs:\/\/|\bnfs4?\b|\bNFS\b/],
  ['cifs', /\bcifs:\/\/|\bCIFS\b/],
  ['gcs', /storage\.googleapis\.com/],
];

// What goes well names an operation too.
const failing =
  /fail|error|\bERR\b|cannot|can't|could not|couldn't|unable|denied|refused|rejected|time[d ]*out|invalid|missing|not found|Faulted|\blost\b|\bBUG\b|unsupported|unexpected|\bis not\b|not deployed|not supported|not allowed|required|doesn't|mismatch|conflict|corrupt|not enough|not available|\bcan only\b|already exists|greater than|immutable/i;

/**
 * Says what a text tells of a failure: the operation by the words around, the cause by the words within. Undefined
 * where it tells of neither. The controller is that of a line of longhorn-manager's log. Each pattern is looked for once, so that the time grows with the text.
 */
export const diagnose = (folded: string, controller?: string): Diagnosis | undefined => {
  const text = folded.replace(/\s+/g, ' ');
  const tellsOfFailure = failing.test(text);
  const cause = causes.find(({ pattern, common }) => (!common || tellsOfFailure) && pattern.test(text));
  if (cause === undefined && !tellsOfFailure) return undefined;
  const worded = operations.find(({ pattern }) => pattern?.test(text));
  const operation =
    worded ??
    operations.find(({ controllers }) => controller !== undefined && controllers?.includes(controller)) ??
    operations.find(({ topic }) => topic?.test(text));
  if (operation === undefined && cause === undefined) return undefined;
  const store = kinds.find(([, pattern]) => pattern.test(text))?.[0] ?? 'any';
  return {
    operation: operation ?? unknownOperation,
    byItsWords: worded !== undefined,
    cause,
    store,
  };
};

const restores = new Set(['restore', 'incremental-restore', 'restore-given-up']);

// longhorn/longhorn#13685: the manager looks for words that the store's library has not used since v1.8.0.
const restoreMeetsLock =
  'From v1.8.0 on Longhorn does not try again, and the volume is Faulted (longhorn/longhorn#13685): restore it anew once the lock is gone.';

/** What a diagnosis says, a sentence each: what failed and why, what that proves, what to do, and what Longhorn does. */
export const describeDiagnosis = ({
  operation,
  cause,
  store,
}: Diagnosis): { what: string; proves: string[]; advice: string; retry: string } => {
  const isRestore = restores.has(operation.id);
  return {
    what: `${operation.failed}. ${cause?.means ?? 'Why, this text does not say.'}`,
    proves: [
      ...(cause?.unreached && operation.asksStore ? ['The store was not reached.'] : []),
      ...(isRestore && cause !== undefined && cause.data === undefined
        ? ['Nothing in it says that the backup is damaged.']
        : []),
    ],
    advice:
      cause === undefined
        ? 'Look at the lines around it, and at the objects that it names.'
        : (cause.advice[store] ?? cause.advice.any),
    retry: isRestore && cause?.id === 'lock' ? restoreMeetsLock : operation.retry,
  };
};
