import type { Write } from './store.ts';

/**
 * What the model of an API server does, answer by answer; plain data, so that it can be printed, and made
 * smaller.
 */
export type Schedule = {
  /** What is there before the watch. */
  initial: Write[];
  /** One for each request of the watcher, in this order; the last one is repeated. */
  scenes: Scene[];
  /** What is asked of the timeline: all along, at its end, and where an act says so. */
  questions: Question[];
};

/** One request, and what happens around it. */
export type Scene = {
  /** What happens while nobody watches. */
  before: Write[];
  /**
   * After that: a compaction, or a restart whose watch cache begins only now. Whoever comes with an older
   * version gets 410.
   */
  forget: boolean;
  answer: Refusal | Stream;
};

/** The request is not served; a list neither, unless it would take the client half a minute to give up. */
export type Refusal = {
  refused: 'reset' | 'silence' | 401 | 403 | 404 | 408 | 410 | 429 | 500 | 502 | 503 | 504;
  /** Asks a question while nothing can be known: the watcher is cut off. */
  ask?: number;
};

/** A watch that is served: first all that happened since its version, then act by act. */
export type Stream = {
  /** How a version that is too old is refused. */
  goneAs: 'status' | 'event';
  /** The list before it, if one is needed, breaks off once. */
  cutList: boolean;
  acts: Act[];
  ends: Ending;
};

/**
 * How events reach the client: in one piece, in pieces of some bytes, cut inside a character, each one twice,
 * in the wrong order, or perhaps not before the cut.
 */
export type Delivery = 'whole' | 'bytes' | 'split' | 'twice' | 'reordered' | 'hasty';

export type Act =
  | { write: Write[]; how: Delivery }
  | { bookmark: true }
  /** The last events are sent once more. */
  | { repeat: number }
  /** Takes a mark that questions can count from. */
  | { mark: true }
  /** Asks a question (by its index) whose time is over at once. */
  | { ask: number };

/**
 * How a connection ends; `noise` and `stranger` bring a line that is no JSON or no event, `error` and `gone`
 * an error event of 500 or 410.
 */
export type Ending =
  | 'end'
  | 'cut'
  | 'half-line'
  | 'noise'
  | 'stranger'
  | 'stall'
  | 'error'
  | 'gone'
  | 'stays';

/** An expectation as data; `gone` is a step of its own, at the end. */
export type Question = {
  name: string;
  steps: string[];
  allowing: string[];
  startingAs?: string[];
  never?: { step: string; other: string; is: string };
  /** Counts from this mark (by its index) on; from the beginning without it. */
  from?: number;
};
