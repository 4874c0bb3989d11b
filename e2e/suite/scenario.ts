import { connect } from '../kube/cluster.ts';
import { defineScenario } from './scenario-core.ts';

/**
 * Registers a scenario: one check that a reader of the Longhorn manual could make manually, written as Given / When /
 * Then.
 */
export const scenario = defineScenario({
  connect,
  // Imported when the first scenario runs, because listing scenarios does not need it.
  createSteps: async (deps) => (await import('./steps/open-scenario.ts')).openScenario(deps),
});
