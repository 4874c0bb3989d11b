import { catalogue, type MessageId, messageIds } from './catalogue.ts';
import { isUsedIn, matchesWording } from './classify.ts';
import { deletionCause, describeFailedDeletion } from './deletion-cause.ts';
import type { Field, MessageRow, Wording } from './row.ts';

/** What is known about the place of a text. A missing field matches everything. */
export type Where = { isField?: (field: Field) => boolean; state?: string; version?: string };

/**
 * A possible row for a text, and its matching wordings. `asCause`: the text is only the cause, quoted from the text
 * of a failed deletion.
 */
export type Meaning = { id: MessageId; row: MessageRow; wordings: Wording[]; asCause: boolean };

const isIn = ({ fields, states }: MessageRow, { isField = () => true, state }: Where): boolean =>
  fields.some(isField) &&
  (state === undefined || (states?.some((each) => each.toLowerCase() === state.toLowerCase()) ?? true));

/**
 * All possible meanings of a text, in the order of the catalogue. For users who have a text and may not know its
 * place. Code that reads a message from a cluster knows the place and must use `classify`.
 */
export const meaningsOf = (text: string, where: Where = {}): Meaning[] =>
  messageIds.flatMap((id): Meaning[] => {
    const row = catalogue[id];
    if (!isIn(row, where)) return [];
    // A quotation of a failed deletion often contains only its cause.
    const asCause = row.compared === 'cause' && deletionCause(text) === undefined;
    const whole = asCause ? describeFailedDeletion(text) : text;
    const wordings = row.wordings.filter(
      (wording) =>
        (where.version === undefined || isUsedIn(where.version, wording)) &&
        (matchesWording(row, wording, whole) || (asCause && endsAs(wording, text))),
    );
    return wordings.length === 0 ? [] : [{ id, row, wordings, asCause }];
  });

// Other words may precede a quoted cause. A text with "failed to backup" is the error of a creation.
const endsAs = ({ pattern }: Wording, text: string): boolean =>
  !/\bfailed to backup\b/.test(text) && new RegExp(`(?:${pattern.source})$`, pattern.flags).test(text);

const wordsOf = (text: string): Set<string> => new Set(text.toLowerCase().match(/[a-z]{3,}/g));

const nearEnough = 0.75;
const mostNear = 5;

/** For a text that no row matches: the rows whose examples contain most of its words, the best match first. */
export const nearestTo = (text: string, where: Where = {}): Meaning[] => {
  const words = [...wordsOf(text)];
  const shareOf = ({ example }: Wording): number => {
    const known = wordsOf(example);
    return words.length === 0 ? 0 : words.filter((word) => known.has(word)).length / words.length;
  };
  const near = messageIds.flatMap((id) => {
    const row: MessageRow = catalogue[id];
    if (!isIn(row, where)) return [];
    const wordings = row.wordings.filter((wording) => shareOf(wording) >= nearEnough);
    if (wordings.length === 0) return [];
    return [{ id, row, wordings, asCause: false, share: Math.max(...wordings.map(shareOf)) }];
  });
  return near
    .toSorted((one, other) => other.share - one.share)
    .slice(0, mostNear)
    .map(({ share: _, ...meaning }) => meaning);
};
