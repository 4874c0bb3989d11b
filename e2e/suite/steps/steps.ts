import type { AffectedObjects } from '../../faults/reach.ts';
import type { ReportedMessage } from './conclude/messages.ts';
import type { DocumentData } from './sizes.ts';
import type { BoundSteps } from './subjects.ts';

/** The steps of one scenario. */
export type Steps = BoundSteps & {
  /** Large and small data, as the documents have them, for the clocks of the Longhorn under test. */
  data: DocumentData;
  /** Judges what Longhorn said during the whole scenario; called when its own steps have all passed. */
  conclude(): Promise<void>;
  /**
   * What a failure of its own steps is, seen from what others brought about meanwhile: the failure, or why
   * nothing is proven.
   */
  reclassify(error: unknown): Promise<unknown>;
  /** What Longhorn has said so far, through the catalogue. */
  messages(): ReportedMessage[];
  /** What an error is about, as far as faults of other scenarios can have reached it. */
  affectedObjects(error: unknown): AffectedObjects;
  /** Closes the pages of Longhorn's user interface. */
  disconnect(): Promise<void>;
  /**
   * Heals every fault, removes all that was made and returns when it is gone; throws when something stayed.
   */
  close(what?: { madeStays: boolean }): Promise<void>;
};
