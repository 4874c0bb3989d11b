import type { RunConfig } from '../../config/config.ts';
import { capabilities } from '../../longhorn/capabilities.ts';
import { disruptions as disruptionNames } from '../../longhorn/disruptions.ts';
import { abilities, isAbility, type StoreDriver } from '../../store/driver.ts';
import { driverNamed } from '../../store/drivers/index.ts';
import { findChromium, withoutChromium } from '../../ui/chromium.ts';
import type { ScenarioOptions } from './fixture.ts';
import { SkipScenario } from './judge-end.ts';

/** Throws a SkipScenario that says why, where the run cannot or may not do what a scenario needs. */
export const skipUnlessFit = (
  { lab, without, allow }: Pick<RunConfig, 'lab' | 'without' | 'allow'>,
  { needs, disruptions }: Required<Pick<ScenarioOptions, 'needs' | 'disruptions'>>,
  { called, heals }: Pick<StoreDriver, 'called' | 'heals'> = driverNamed(),
): void => {
  if (needs.includes('lab') && lab === undefined)
    throw new SkipScenario('needs the lab (its nodes can be made to fail)');
  if (needs.includes('browser') && findChromium(process.env) === undefined) {
    const { detail, mend } = withoutChromium(process.env);
    throw new SkipScenario(`needs a browser: ${detail}: ${mend}`);
  }
  const missing = without.filter((each) => needs.includes(each));
  if (missing.length > 0)
    throw new SkipScenario(`needs ${missing.map((each) => capabilities[each]).join(' and ')}`);
  const unable = needs.filter((need) => isAbility(need)).filter((ability) => heals[ability] === undefined);
  if (unable.length > 0)
    throw new SkipScenario(
      `needs ${unable.map((ability) => abilities[ability]).join(' and ')}: ${called.store} cannot`,
    );
  const notAllowed = disruptions.filter((disruption) => !allow.includes(disruption));
  if (notAllowed.length > 0)
    throw new SkipScenario(
      `${notAllowed.map((disruption) => disruptionNames[disruption]).join(' and ')}: not without --allow ${notAllowed.join(',')}`,
    );
};
