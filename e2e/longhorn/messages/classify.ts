import semver from 'semver';
import { catalogue, type MessageId, messageIds } from './catalogue.ts';
import { deletionCause } from './deletion-cause.ts';
import type { Message, MessageClass, MessageRow, Wording } from './row.ts';

/** What a message is: its row in the catalogue and the wording that it has, or `unclassified`. */
export type Classification =
  | { class: MessageClass; id: MessageId; row: MessageRow; wording: Wording }
  | { class: 'unclassified' };

const fits = (pattern: RegExp, text: string): boolean =>
  new RegExp(`^(?:${pattern.source})$`, pattern.flags).test(text);

/** Whether a text is worded so, wherever it stands. */
export const isWorded = ({ compared }: MessageRow, { pattern }: Wording, text: string): boolean => {
  if (compared === 'within') return pattern.test(text);
  const compareText = compared === 'cause' ? deletionCause(text) : text;
  return compareText !== undefined && fits(pattern, compareText);
};

/** Whether a wording holds for a version of Longhorn; a pre-release counts as its release. */
export const isOfVersion = (version: string, { versions }: Wording): boolean =>
  semver.satisfies(semver.coerce(version) ?? version, versions);

const isSaidIn = ({ speaker, fields, states }: MessageRow, message: Message): boolean =>
  speaker === message.speaker && fields.includes(message.field) && (states?.includes(message.state) ?? true);

/**
 * Says what a message means, by where it was said and by its text: never by the text alone. A text that no
 * row knows is `unclassified`.
 */
export const classify = (message: Message, version: string): Classification => {
  for (const id of messageIds) {
    const row = catalogue[id];
    if (!isSaidIn(row, message)) continue;
    const wording = wordingOf(id, { message: message.text, version });
    if (wording !== undefined) return { class: row.class, id, row, wording };
  }
  return { class: 'unclassified' };
};

/** The names of those messages that the catalogue knows. */
export const knownIdsOf = (messages: readonly Message[], version: string): MessageId[] =>
  messages.flatMap((message) => {
    const found = classify(message, version);
    return found.class === 'unclassified' ? [] : [found.id];
  });

/**
 * The wording in which a text says this, wherever it stands; undefined for one that no wording of that
 * version fits.
 */
export const wordingOf = (
  id: MessageId,
  { message, version }: { message: string | undefined; version: string },
): Wording | undefined =>
  message === undefined
    ? undefined
    : catalogue[id].wordings.find(
        (wording) => isOfVersion(version, wording) && isWorded(catalogue[id], wording, message),
      );
