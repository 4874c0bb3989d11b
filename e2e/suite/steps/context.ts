import type { Faults } from '../../faults/fault.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { Capability } from '../../longhorn/capabilities.ts';
import type { LonghornClocks } from '../../longhorn/clocks.ts';
import type { MessageId } from '../../longhorn/messages/catalogue.ts';
import type { Classification } from '../../longhorn/messages/classify.ts';
import type { Message } from '../../longhorn/messages/row.ts';
import type { SharedResource } from '../../longhorn/shared.ts';
import type { AsStep } from './as-step.ts';
import type { CreatedObjects } from './created-objects.ts';
import type { ScenarioDeps, StepReport } from './deps.ts';
import type { OpenPage } from './handles.ts';
import type { OwnStores } from './target/own.ts';
import type { Timelines } from './timelines.ts';
import type { Timeouts } from './timeouts.ts';

/**
 * A message that a scenario causes on purpose, and the name of the object that may have it. `lasts`: it may still be
 * there at the end.
 */
export type ExpectedMessage = { id: MessageId; of: string; lasts?: true };

/** A message that was found: its object, when it appeared (ms since the epoch), and its class. */
export type MetMessage = Message & { of: string; at: number; classification: Classification };

/** What the steps of one scenario share. */
export type Context = {
  cluster: Cluster;
  run: string;
  /** The scenario's name. */
  scenario: string;
  /** The version of the Longhorn under test, such as `v1.12.1`. An upgrade changes it. */
  version: string;
  /** The timers of the Longhorn under test. */
  clocks: LonghornClocks;
  timeouts: Timeouts;
  /** The slowness of the machine, at least 1 (1 is the reference machine). */
  slowness: number;
  /** The scenario's own stores and backup targets. Each is opened when a step first needs it. */
  own: OwnStores;
  timelines: Timelines;
  /** Aborts after the cleanup of the scenario. For watches that steps open. */
  scenarioSignal: AbortSignal;
  faults: Faults;
  /** The folder of the lab. Undefined if the cluster is not a lab. */
  lab: string | undefined;
  /** The file with the manifest of the Longhorn to upgrade to. Undefined if there is none. */
  upgradeManifest: string | undefined;
  /** The capabilities that the cluster lacks. */
  missingCapabilities: readonly Capability[];
  /** What the scenario shares with others, and has alone. */
  turn: ScenarioDeps['turn'];
  /** The things that the scenario has had exclusive use of. */
  exclusive: Set<SharedResource>;
  made: CreatedObjects;
  /** The messages that the scenario causes. A step adds them before it causes them. */
  expected: ExpectedMessage[];
  /** The warnings in events, after they were read. */
  warned: MetMessage[];
  /** The open pages of Longhorn's user interface. */
  pages: OpenPage[];
  report: StepReport;
  /** Runs work as a step with this sentence. */
  asStep: AsStep;
  /** Returns a name that is unique over runs and scenarios, because a backup store remembers names. */
  uniqueName(what: string): string;
};
