import type { Tone } from './data.ts';

/** An object from a file. Any field may be missing. */
export type WatchedObject = {
  metadata?:
    | {
        name?: string;
        namespace?: string;
        uid?: string;
        deletionTimestamp?: string;
        resourceVersion?: string;
      }
    | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: each kind reads its own fields, and does without those that are missing.
  [field: string]: any;
};

/** Determines the state of an object. */
export type StateOf = (object: WatchedObject) => { state: string; tone: Tone; texts: string[] };

/** Filters the non-empty texts: an object may have an empty text, or none. */
export const nonEmpty = (...texts: unknown[]): string[] =>
  texts.filter((text): text is string => typeof text === 'string' && text !== '');
