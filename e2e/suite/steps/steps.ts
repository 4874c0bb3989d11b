import type { AffectedObjects } from '../../faults/reach.ts';
import type { ReportedMessage } from './conclude/messages.ts';
import type { DocumentData } from './sizes.ts';
import type { BoundSteps } from './subjects.ts';

/** The steps of one scenario. */
export type Steps = BoundSteps & {
  /** The large and small data of the documents, sized for the timers of the Longhorn under test. */
  data: DocumentData;
  /** Whether the scenario was interrupted, or its time is over. */
  isOver(): boolean;
  /** Judges Longhorn's messages during the whole scenario. Called after its own steps have passed. */
  conclude(): Promise<void>;
  /**
   * Returns the error to report for a failed step: the error itself, or why nothing is proven because of what others
   * caused.
   */
  reclassify(error: unknown): Promise<unknown>;
  /** Returns Longhorn's messages so far, with their meaning in the catalogue. */
  messages(): ReportedMessage[];
  /** Returns the objects that an error is about, as far as faults of other scenarios can have reached them. */
  affectedObjects(error: unknown): AffectedObjects;
  /** Closes the pages of Longhorn's user interface. */
  disconnect(): Promise<void>;
  /**
   * Heals all faults and removes everything that was made. Returns when it is gone, and throws if something is left.
   */
  close(what?: { madeStays: boolean }): Promise<void>;
};
