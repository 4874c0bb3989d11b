import { type Diagnosis, describeDiagnosis, diagnose, isExplained } from '../longhorn/diagnosis/diagnose.ts';
import type { Pasted } from '../longhorn/diagnosis/pasted.ts';
import { type Meaning, meaningsOf, type Where } from '../longhorn/messages/look-up.ts';
import type { Field, MessageRow } from '../longhorn/messages/row.ts';

/** What is known of a text: the rows of the catalogue that it could be, and what failed and why by its words. */
export type Answer = {
  meanings: Meaning[];
  diagnosis: Diagnosis | undefined;
  /** No row is of the version that was given: these are of others. */
  isOfOtherVersions?: boolean;
};

// Where Longhorn says what of an operation: a text that names its operation is of no other's rows.
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

// What a row is about shows in its example: an operation that the text does not have, or another cause.
const agrees = (
  text: string,
  { row, wordings }: Meaning,
  { operation, byItsWords, cause }: Diagnosis,
  isPlaced: boolean,
): boolean => {
  const place = placeOf(row);
  if (place !== undefined && byItsWords && !isPlaced && !place.includes(operation.id)) return false;
  return wordings.some(({ example }) => {
    const diagnosis = diagnose(example);
    if (diagnosis === undefined) return true;
    if (place === undefined && diagnosis.byItsWords && !diagnosis.operation.pattern?.test(text)) return false;
    return cause === undefined || diagnosis.cause === undefined || diagnosis.cause === cause;
  });
};

// The rows' patterns take a time that grows with the square of a text. In what Longhorn says, the words of who called
// stand first and those of the end last; between them is the log of a process, which the diagnosis looks through.
const longest = 8000;
const middleCut = (text: string): string =>
  text.length <= longest ? text : `${text.slice(0, longest / 2)} ${text.slice(-longest / 2)}`;

/** The failure to report first, if there is one: a row of the catalogue knows more than an operation alone. */
export const failureToReport = ({ meanings, diagnosis }: Answer): Diagnosis | undefined =>
  diagnosis?.cause === undefined && meanings.length > 0 ? undefined : diagnosis;

/** What failed and why, what to do, and what Longhorn does, for a reader. */
export const describeFailure = (diagnosis: Diagnosis): string[] => {
  const { what, proves, advice, retry } = describeDiagnosis(diagnosis);
  return [
    [what, ...proves].join(' '),
    `  what to do: ${advice}`,
    ...(retry === undefined ? [] : [`  Longhorn: ${retry}`]),
  ];
};

/** Says whether anything is known. */
export const isAnswer = ({ meanings, diagnosis }: Answer): boolean =>
  meanings.length > 0 || diagnosis !== undefined;

/** Says whether the cause of a failure is known too, or the whole message. */
export const isWholeAnswer = (answer: Answer): boolean => {
  const failure = failureToReport(answer);
  return failure === undefined ? answer.meanings.length > 0 : isExplained(failure);
};

/** Looks up a text, in the place where it stood as far as that shows; in all versions where that given has none. */
export const answerTo = (pasted: Pasted, where: Where): Answer => {
  const { version, ...place } = where;
  const answer = answerIn(pasted, where);
  if (version === undefined || answer.meanings.length > 0) return answer;
  const ofOthers = answerIn(pasted, place);
  return ofOthers.meanings.length === 0 ? answer : { ...ofOthers, isOfOtherVersions: true };
};

// What is no error by its level tells of one only in an operation's own words. At debug controllers log real ones.
const isSaidOfNews = (stood: Field | undefined, found: Diagnosis): boolean => {
  if (stood === 'log info' || stood === 'event Normal') return isExplained(found) && found.byItsWords;
  return stood !== 'log debug' || isExplained(found);
};

const answerIn = (pasted: Pasted, where: Where): Answer => {
  const { text, field: stood, state } = pasted;
  const { isField = () => true } = where;
  const place: Where =
    stood === undefined
      ? where
      : {
          ...(state !== undefined && { state }),
          ...where,
          // Older versions write types of conditions in small letters.
          isField: (field) => isField(field) && field.toLowerCase() === stood.toLowerCase(),
        };
  const found = diagnose(text, pasted);
  const diagnosis = found !== undefined && isSaidOfNews(stood, found) ? found : undefined;
  const meanings = meaningsOf(middleCut(text), place);
  // A row says more than what a text is about and words that are common; a place that was named says more than both.
  const isCommon = (diagnosis?.cause ?? { common: true }).common === true;
  const isVague =
    diagnosis?.byItsWords === false &&
    ((isCommon && meanings.length > 0) || where.isField !== undefined || where.state !== undefined);
  if (diagnosis === undefined || isVague) return { meanings, diagnosis: undefined };
  const isPlaced = place.isField !== undefined;
  return { meanings: meanings.filter((meaning) => agrees(text, meaning, diagnosis, isPlaced)), diagnosis };
};
