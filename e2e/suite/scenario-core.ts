import { test } from 'vitest';
import type { ScenarioRecord } from '../report/record.ts';
import type { Fixture, ScenarioBody, ScenarioOptions } from './play/fixture.ts';
import { play } from './play/play.ts';

export type { ScenarioOptions } from './play/fixture.ts';

/**
 * Makes `scenario()` on the given fixture: it registers a vitest test that tells its steps and always cleans
 * up.
 */
export const defineScenario =
  <Steps extends object>(fixture: Fixture<Steps>) =>
  (name: string, options: ScenarioOptions, body: ScenarioBody<Steps>): void => {
    const { seed, tags = [], timeout = '10m' } = options;
    const { needs = [], exclusive = [], disruptions = [], longhorn = '*' } = options;
    const declared = { needs, exclusive, disruptions, longhorn };
    const record: ScenarioRecord = { seed: seed ?? null };
    // No time-out of the runner's: it would cut the cleanup short, and could not say what the scenario was
    // waiting for.
    test(name, { tags, timeout: 0, meta: { corral: record, corralDeclared: declared } }, (context) => {
      const whole = play(fixture, { context, record, timeout, ...declared, body });
      // An interrupted test is over for vitest at once; its cleanup is not, and the worker must outlive it.
      context.onTestFinished(() => whole.catch(() => {}));
      return whole;
    });
  };
