import semver from 'semver';
import { catalogue, type MessageId, messageIds } from './catalogue.ts';
import { deletionCause } from './deletion-cause.ts';
import type { Message, MessageClass, MessageRow, Wording } from './row.ts';

/** The result for a message: its row in the catalogue and the matching wording, or `unclassified`. */
export type Classification =
  | { class: MessageClass; id: MessageId; row: MessageRow; wording: Wording }
  | { class: 'unclassified' };

const wholePatterns = new Map<RegExp, RegExp>();

const fits = (pattern: RegExp, text: string): boolean => {
  const whole = wholePatterns.get(pattern) ?? new RegExp(`^(?:${pattern.source})$`, pattern.flags);
  wholePatterns.set(pattern, whole);
  return whole.test(text);
};

/** Whether a text has a wording. The place of the text is not checked. */
export const matchesWording = ({ compared }: MessageRow, { pattern }: Wording, text: string): boolean => {
  if (compared === 'within') return pattern.test(text);
  const compareText = compared === 'cause' ? deletionCause(text) : text;
  return compareText !== undefined && fits(pattern, compareText);
};

/** Whether a version of Longhorn uses a wording. A pre-release counts as its release. */
export const isUsedIn = (version: string, { versions }: Wording): boolean =>
  semver.satisfies(semver.coerce(version) ?? version, versions);

const isSaidIn = ({ speaker, fields, states }: MessageRow, message: Message): boolean =>
  speaker === message.speaker && fields.includes(message.field) && (states?.includes(message.state) ?? true);

/**
 * Finds the meaning of a message from its place and its text, never from the text alone. `unclassified` if no row
 * matches.
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

/** The name of a message with its class: `deletion-denied (failure)`. */
export const nameWithClass = (found: Classification): string =>
  found.class === 'unclassified' ? found.class : `${found.id} (${found.class})`;

/** The names of the messages that are in the catalogue. */
export const knownIdsOf = (messages: readonly Message[], version: string): MessageId[] =>
  messages.flatMap((message) => {
    const found = classify(message, version);
    return found.class === 'unclassified' ? [] : [found.id];
  });

/**
 * The wording of a message that matches a text. The place of the text is not checked. Undefined if no wording of that
 * version matches.
 */
export const wordingOf = (
  id: MessageId,
  { message, version }: { message: string | undefined; version: string },
): Wording | undefined =>
  message === undefined
    ? undefined
    : catalogue[id].wordings.find(
        (wording) => isUsedIn(version, wording) && matchesWording(catalogue[id], wording, message),
      );
