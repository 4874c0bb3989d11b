import { inject, test } from 'vitest';
import { supportsFaults } from '../faults/store/store-faults.ts';
import type { ScenarioRecord } from '../report/record.ts';
import { driversOf, otherDriver, scenarioNameOn, twoStores } from '../store/drivers/index.ts';
import type { Fixture, ScenarioBody, ScenarioOptions } from './run/fixture.ts';
// Imported first: Ctrl-C must not end this process before the runner has stopped it.
import './run/orphaned.ts';

export type { ScenarioOptions } from './run/fixture.ts';

/** Creates `scenario()` for a fixture. It registers one vitest test for each kind of store in the run. */
export const defineScenario =
  <Steps extends object>(fixture: Fixture<Steps>) =>
  (name: string, options: ScenarioOptions, body: ScenarioBody<Steps>): void => {
    const { seed, tags = [], timeout = '40m', everyStore = false } = options;
    const { cells, proves } = options;
    const { needs = [], exclusive = [], disruptions = [], longhorn = '*' } = options;
    const stores = inject('corralStore');
    for (const [index, driver] of driversOf(stores, {
      needs,
      everyStore,
      suits: supportsFaults(needs),
    }).entries()) {
      const beside = needs.includes(twoStores) ? { otherStore: otherDriver(driver, stores)?.name } : {};
      const declared = { needs, exclusive, disruptions, longhorn, store: driver.name, ...beside };
      const judges = { ...(cells && { cells }), ...(proves && { proves }) };
      const record: ScenarioRecord = { seed: seed ?? null, store: driver.name, ...judges };
      const again = index > 0 ? ({ again: true } as const) : {};
      const meta = { corral: record, corralDeclared: { ...declared, ...again } };
      // No time-out in vitest: it would interrupt the cleanup, and its message could not name the step.
      test(scenarioNameOn(name, driver), { tags, timeout: 0, meta }, (context) => {
        // Imported late: commands that list scenarios do not load the code that runs them.
        const whole = import('./run/run-scenario.ts').then(({ runScenario }) =>
          runScenario(fixture, { context, record, timeout, ...declared, body }),
        );
        // Vitest ends an interrupted test at once. The worker must live until its cleanup has ended.
        context.onTestFinished(() => whole.catch(() => {}));
        return whole;
      });
    }
  };
