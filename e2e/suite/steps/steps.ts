import type { Concern } from '../../faults/reach.ts';
import type { Cluster } from '../../kube/cluster.ts';
import type { LonghornClocks } from '../../longhorn/clocks.ts';
import type { Danger } from '../../longhorn/dangers.ts';
import type { Lack } from '../../longhorn/lacks.ts';
import type { Keeper } from '../evidence/keeper.ts';
import type { ToldMessage } from './conclude/messages.ts';
import type { Context, StepReport } from './context.ts';
import type { DocumentData } from './sizes.ts';
import type { Given, Then, When } from './vocabulary.ts';

/** What the steps need from outside. `signal` ends the scenario; the clean-up has its own time. `out` is where the ledger of faults lies. */
export type StepsOptions = {
  cluster: Cluster;
  run: string;
  /** The scenario's name. */
  scenario: string;
  out: string;
  storeImage: string;
  /** The namespace that all backup stores go into; undefined: each has one of its own. */
  namespace: string | undefined;
  clocks?: LonghornClocks | undefined;
  lab?: string | undefined;
  /** What the scenario does that others on the cluster could feel: nothing else is done. */
  dangers: readonly Danger[];
  /** What the scenario says that it needs: nothing else is used of what not every cluster or store can do. */
  needs: readonly string[];
  /** What the cluster lacks; nothing that the scenario needs. */
  without?: readonly Lack[];
  /** The versions of Longhorn that the scenario holds for. */
  longhorn: string;
  skip: (reason: string) => never;
  signal: AbortSignal;
  report: StepReport;
  /** See Context.haveAlone. */
  alone: Context['haveAlone'];
  /** See Context.rest. */
  rest: Context['rest'];
  /** Gives back what the scenario has alone or shares with others: called when nothing of it is left in Longhorn. */
  giveBack: () => void;
  /** Where evidence of the scenario is kept. */
  evidence: Keeper;
};

/** The steps of one scenario. */
export type Steps = {
  given: Given;
  when: When;
  then: Then;
  /** Large and small data, as the documents have them, for the clocks of the Longhorn under test. */
  data: DocumentData;
  /** Judges what Longhorn said during the whole scenario; called when its own steps have all passed. */
  conclude(): Promise<void>;
  /** What a failure of its own steps is, seen from what others brought about meanwhile: the failure, or why nothing is proven. */
  excuse(error: unknown): Promise<unknown>;
  /** What Longhorn has said so far, through the catalogue. */
  messages(): ToldMessage[];
  /** What an error is about, as far as faults of other scenarios can have reached it. */
  concern(error: unknown): Concern;
  /** Heals every fault, removes all that was made and returns when it is gone; throws when something stayed. */
  close(): Promise<void>;
};
