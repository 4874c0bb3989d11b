import type { Tone } from './data.ts';

/** An object out of a file: nothing is certain of it. */
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

/** Says which state an object is in. */
export type StateOf = (object: WatchedObject) => { state: string; tone: Tone; texts: string[] };

/** The texts that are there: an object may lack any, or have it empty. */
export const said = (...texts: unknown[]): string[] =>
  texts.filter((text): text is string => typeof text === 'string' && text !== '');
