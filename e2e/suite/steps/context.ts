import type { Faults } from '../../faults/fault.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { Capability } from '../../longhorn/capabilities.ts';
import type { LonghornClocks } from '../../longhorn/clocks.ts';
import type { MessageId } from '../../longhorn/messages/catalogue.ts';
import type { Classification } from '../../longhorn/messages/classify.ts';
import type { Message } from '../../longhorn/messages/row.ts';
import type { SharedThing } from '../../longhorn/shared.ts';
import type { AsStep } from './as-step.ts';
import type { ScenarioDeps, StepReport } from './deps.ts';
import type { OpenPage } from './handles.ts';
import type { Made } from './made.ts';
import type { Own } from './target/own.ts';
import type { Timelines } from './timelines.ts';
import type { Timeouts } from './timeouts.ts';

/**
 * A message that a scenario brings about on purpose, and the object (its name) that may say it; `lasts` where
 * it may go on saying so.
 */
export type ExpectedMessage = { id: MessageId; of: string; lasts?: true };

/** A message that was met: who said it, when it first did (ms since the epoch), and what it is. */
export type MetMessage = Message & { of: string; at: number; classification: Classification };

/** What the steps of one scenario share. */
export type Context = {
  cluster: Cluster;
  run: string;
  /** The scenario's name. */
  scenario: string;
  /** Of the Longhorn under test, as `v1.12.1`. */
  version: string;
  /** Longhorn's clocks, as the one under test has them. */
  clocks: LonghornClocks;
  timeouts: Timeouts;
  /** How many times slower the machine is than the reference, from 1 on. */
  slowness: number;
  /** Its own stores and backup targets, each opened when a step first needs it. */
  own: Own;
  timelines: Timelines;
  /** Aborts when the scenario and its cleanup are over: for watches that are opened on the way. */
  scenarioSignal: AbortSignal;
  faults: Faults;
  /** The folder of the lab that the cluster is, if it is one. */
  lab: string | undefined;
  /** The capabilities that the cluster does not have. */
  without: readonly Capability[];
  /** What it has beside other scenarios, and alone. */
  turn: ScenarioDeps['turn'];
  /** What the scenario has had for itself alone. */
  exclusive: Set<SharedThing>;
  made: Made;
  /** What Longhorn may say because the scenario brought it about; whoever does so enters it before. */
  expected: ExpectedMessage[];
  /** What events warned of, as far as it was asked for. */
  warned: MetMessage[];
  /** Pages of Longhorn's user interface that are open. */
  pages: OpenPage[];
  report: StepReport;
  /** Does a piece of work as a step with this sentence. */
  asStep: AsStep;
  /** A name that no other run, and no other scenario of this one, uses: a backup store remembers names. */
  uniqueName(what: string): string;
};
