import { connect } from '../kube/cluster.ts';
import { defineScenario } from './scenario-core.ts';
import { openScenario } from './steps/open-scenario.ts';

/**
 * Registers a scenario: one thing a reader of the Longhorn manual could check by hand, told in Given / When /
 * Then.
 */
export const scenario = defineScenario({ connect, createSteps: openScenario });
