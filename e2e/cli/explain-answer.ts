import {
  type Diagnosis,
  describeDiagnosis,
  diagnose,
  isExplained,
  isOperationKnown,
} from '../longhorn/diagnosis/diagnose.ts';
import type { Pasted } from '../longhorn/diagnosis/pasted.ts';
import { type Meaning, meaningsOf, type Where } from '../longhorn/messages/look-up.ts';
import type { Field, MessageRow } from '../longhorn/messages/row.ts';

/**
 * What is known about a text: the possible rows of the catalogue, and the diagnosis (operation and cause) from its
 * words.
 */
export type Answer = {
  meanings: Meaning[];
  diagnosis: Diagnosis | undefined;
  /** No row applies to the given version: the meanings are of other versions. */
  isOfOtherVersions?: boolean;
};

// The operations whose messages appear in the place of a row. A text that names another operation does not belong to
// the row.
const placeOf = ({ speaker, fields, states }: MessageRow): readonly string[] | undefined => {
  const [field] = fields;
  if (field === 'status.messages.error') return ['delete', 'delete-volume'];
  if (field === 'status.error' && speaker === 'Backup')
    return ['create', 'backup-status', 'snapshot', 'sync', 'mount', 'job'];
  if (states?.includes('FailedRestore')) return ['restore', 'incremental-restore'];
  if (field === 'condition Unavailable')
    return ['list', 'list-system-backups', 'mount', 'sync', 'system-backup'];
  return undefined;
};

// The example of a row shows its subject. A row is excluded if its example has an operation that the text lacks, or
// another cause.
const agrees = (
  text: string,
  { row, wordings }: Meaning,
  { operation, cause }: Diagnosis,
  isPlaced: boolean,
): boolean => {
  const place = placeOf(row);
  if (place !== undefined && !isPlaced && !place.includes(operation.id)) return false;
  return wordings.some(({ example }) => {
    const diagnosis = diagnose(example);
    if (diagnosis === undefined) return true;
    if (place === undefined && diagnosis.byItsWords && !diagnosis.operation.pattern?.test(text)) return false;
    return cause === undefined || diagnosis.cause === undefined || diagnosis.cause === cause;
  });
};

// In characters. The time of the rows' patterns grows with the square of the length. A message of Longhorn begins with
// the caller's words and ends with the error. The middle is the log of a process, which only the diagnosis searches.
const longest = 8000;
const middleCut = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest / 2)} ${text.slice(-longest / 2)}`;

/**
 * The diagnosis to report first, if there is one. A row of the catalogue says more than a diagnosis without a cause.
 */
export const failureToReport = ({ meanings, diagnosis }: Answer): Diagnosis | undefined =>
  diagnosis?.cause === undefined && meanings.length > 0 ? undefined : diagnosis;

/** Describes a failure: what failed and why, what to do, and what Longhorn does next. */
export const describeFailure = (diagnosis: Diagnosis): string[] => {
  const { what, proves, advice, retry } = describeDiagnosis(diagnosis);
  return [
    [what, ...proves].join(' '),
    `  what to do: ${advice}`,
    ...(retry === undefined ? [] : [`  Longhorn: ${retry}`]),
  ];
};

/** Whether anything is known about a text. */
export const isAnswer = ({ meanings, diagnosis }: Answer): boolean =>
  meanings.length > 0 || diagnosis !== undefined;

/** Whether it is known what failed and why, or the whole message. */
export const isWholeAnswer = (answer: Answer): boolean => {
  const failure = failureToReport(answer);
  return failure === undefined
    ? answer.meanings.length > 0
    : isExplained(failure) && isOperationKnown(failure);
};

/**
 * Looks up a text. Its place is used as far as the text shows it. If nothing matches in the given version, all
 * versions are searched.
 */
export const answerTo = (pasted: Pasted, where: Where): Answer => {
  const { version, ...place } = where;
  const answer = answerIn(pasted, where);
  if (version === undefined || answer.meanings.length > 0) return answer;
  const ofOthers = answerIn(pasted, place);
  return ofOthers.meanings.length === 0 ? answer : { ...ofOthers, isOfOtherVersions: true };
};

const informationalLevels: readonly (string | undefined)[] = ['log info', 'log debug', 'event Normal'];

/** Whether a field is a level that reports no failure. */
export const isInformational = (field: Field | undefined): boolean => informationalLevels.includes(field);

// A message with the level info or Normal counts as a failure only if it is explained and has an operation's own
// words. At the level debug, controllers log real errors.
const countsAsFailure = (stood: Field | undefined, found: Diagnosis): boolean =>
  !isInformational(stood) || (isExplained(found) && (found.byItsWords || stood === 'log debug'));

const answerIn = (pasted: Pasted, where: Where): Answer => {
  const { text, field: stood, state } = pasted;
  const { isField = () => true } = where;
  const place: Where =
    stood === undefined
      ? where
      : {
          ...(state !== undefined && { state }),
          ...where,
          // Older versions write condition types in lower case.
          isField: (field) => isField(field) && field.toLowerCase() === stood.toLowerCase(),
        };
  const found = diagnose(text, pasted);
  const diagnosis = found !== undefined && countsAsFailure(stood, found) ? found : undefined;
  const meanings = meaningsOf(middleCut(text), place);
  // A row says more than a diagnosis from common words only. A place that the user named says more than both.
  const isCommon = (diagnosis?.cause ?? { common: true }).common === true;
  const isVague =
    diagnosis?.byItsWords === false &&
    ((isCommon && meanings.length > 0) || where.isField !== undefined || where.state !== undefined);
  if (diagnosis === undefined || isVague) return { meanings, diagnosis: undefined };
  // A row tells of a whole text.
  if (diagnosis.isCutOff) return { meanings: [], diagnosis };
  const isPlaced = place.isField !== undefined;
  return { meanings: meanings.filter((meaning) => agrees(text, meaning, diagnosis, isPlaced)), diagnosis };
};
