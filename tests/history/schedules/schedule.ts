import type { Write } from './store.ts';

/**
 * What the model of an API server does, answer by answer. It is plain data, so that it can be printed and reduced.
 */
export type Schedule = {
  /** The objects before the watch. */
  initial: Write[];
  /** One for each request of the watcher, in this order. The last one is repeated. */
  scenes: Scene[];
  /** Questions about the timeline: during the whole schedule, at its end, and where an act asks. */
  questions: Question[];
};

/** One request, and what happens around it. */
export type Scene = {
  /** Changes while no watch is open. */
  before: Write[];
  /**
   * After that: a compaction, or a restart with an empty watch cache. A request with an older version gets 410.
   */
  forget: boolean;
  answer: Refusal | Stream;
};

/** The request fails. So does a list, unless the client would need half a minute to give up. */
export type Refusal = {
  refused: 'reset' | 'silence' | 401 | 403 | 404 | 408 | 410 | 429 | 500 | 502 | 503 | 504;
  /** Asks a question while the watcher has no connection. */
  ask?: number;
};

/** A watch that succeeds: first all changes since its version, then act by act. */
export type Stream = {
  /** How the server refuses a version that is too old. */
  goneAs: 'status' | 'event';
  /** The list before it, if there is one, is cut off once. */
  cutList: boolean;
  acts: Act[];
  ends: Ending;
};

/**
 * How events reach the client: in one chunk, in small chunks, cut inside a character, twice each, in the wrong order,
 * or possibly lost with the connection.
 */
export type Delivery = 'whole' | 'bytes' | 'split' | 'twice' | 'reordered' | 'hasty';

export type Act =
  | { write: Write[]; how: Delivery }
  | { bookmark: true }
  /** The last events are sent again. */
  | { repeat: number }
  /** Sets a mark at which questions can start. */
  | { mark: true }
  /** Asks a question (by its index) that times out at once. */
  | { ask: number };

/**
 * How a connection ends. `noise`: a line that is not JSON. `stranger`: JSON that is not an event. `error` and `gone`:
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

/** An expectation as data. `gone` is a step, at the end. */
export type Question = {
  name: string;
  steps: string[];
  allowing: string[];
  startingAs?: string[];
  never?: { step: string; other: string; is: string };
  /** The mark (by its index) at which it starts. Default: the beginning. */
  from?: number;
};
