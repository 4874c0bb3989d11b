import { catalogue, type MessageId, messageIds } from './catalogue.ts';
import { isOfVersion, isWorded } from './classify.ts';
import { deletionCause, describeFailedDeletion } from './deletion-cause.ts';
import type { Field, MessageRow, Wording } from './row.ts';

/** What is known of where a text was met; what is left out could be anything. */
export type Where = { isField?: (field: Field) => boolean; state?: string; version?: string };

/**
 * A row that a text could be, and the wordings of it that the text has. `asCause`: the text is only the cause
 * out of a failed deletion's whole text.
 */
export type Meaning = { id: MessageId; row: MessageRow; wordings: Wording[]; asCause: boolean };

const isIn = ({ fields, states }: MessageRow, { isField = () => true, state }: Where): boolean =>
  fields.some(isField) &&
  (state === undefined || (states?.some((each) => each.toLowerCase() === state.toLowerCase()) ?? true));

/**
 * Everything that a text could mean, in the catalogue's order. For who has a text and may not know where it
 * stood: to judge a message of a cluster, whose place is known, is for `classify` alone.
 */
export const meaningsOf = (text: string, where: Where = {}): Meaning[] =>
  messageIds.flatMap((id): Meaning[] => {
    const row = catalogue[id];
    if (!isIn(row, where)) return [];
    // Who quotes a failed deletion leaves out what stands around its cause.
    const asCause = row.compared === 'cause' && deletionCause(text) === undefined;
    const whole = asCause ? describeFailedDeletion(text) : text;
    const wordings = row.wordings.filter(
      (wording) =>
        (where.version === undefined || isOfVersion(where.version, wording)) &&
        (isWorded(row, wording, whole) || (asCause && endsAs(wording, text))),
    );
    return wordings.length === 0 ? [] : [{ id, row, wordings, asCause }];
  });

// A cause may be quoted with other words before it; one of a creation says that it is.
const endsAs = ({ pattern }: Wording, text: string): boolean =>
  !/\bfailed to backup\b/.test(text) && new RegExp(`(?:${pattern.source})$`, pattern.flags).test(text);

const wordsOf = (text: string): Set<string> => new Set(text.toLowerCase().match(/[a-z]{3,}/g));

const nearEnough = 0.75;
const mostNear = 5;

/**
 * The rows whose examples have most of the words of a text that no row knows, as of a part of one; the
 * nearest first.
 */
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
