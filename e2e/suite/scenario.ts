import { connect } from '../kube/cluster.ts';
import { defineScenario } from './scenario-core.ts';

/**
 * Registers a scenario: one thing a reader of the Longhorn manual could check by hand, written in Given / When /
 * Then.
 */
export const scenario = defineScenario({
  connect,
  // Loaded by the first that is run, not by who lists them.
  createSteps: async (deps) => (await import('./steps/open-scenario.ts')).openScenario(deps),
});
