import type { Offered } from '../../config/config.ts';
import { storeFaultsIn } from '../../faults/store/store-faults.ts';
import { capabilities } from '../../longhorn/capabilities.ts';
import { disruptions as disruptionNames } from '../../longhorn/disruptions.ts';
import type { StoreDriver } from '../../store/driver.ts';
import { allStores, driverNamed, twoStores } from '../../store/drivers/index.ts';
import { whyNoBrowser } from '../../ui/chromium.ts';
import type { Declared } from './fixture.ts';

/** Returns why a scenario is skipped: the run cannot or must not do what it needs. Undefined if it can run. */
export const skipReason = (
  { lab, upgrades = false, without, allow, fetchesBrowser = false }: Offered,
  { needs, disruptions, store, otherStore }: Pick<Declared, 'needs' | 'disruptions' | 'store' | 'otherStore'>,
  { called, access, mounted }: Pick<StoreDriver, 'called' | 'access' | 'mounted'> = driverNamed(store),
): string | undefined => {
  if (needs.includes('lab') && !lab) return 'needs the lab (its nodes can be made to fail)';
  if (needs.includes('upgrade') && !upgrades) return 'needs another Longhorn to upgrade to: --upgrade-to';
  const noBrowser = needs.includes('browser') && !fetchesBrowser ? whyNoBrowser(process.env) : undefined;
  if (noBrowser !== undefined) return noBrowser;
  const missing = without.filter((each) => needs.includes(each));
  if (missing.length > 0) return `needs ${missing.map((each) => capabilities[each]).join(' and ')}`;
  if (needs.includes('mounted-store') && !mounted)
    return `needs a backup store that Longhorn mounts, which ${called.store} is not`;
  if (needs.includes(twoStores) && otherStore === undefined)
    return `needs backup stores of two kinds, and the run makes those of one alone: --store ${allStores}`;
  const unable = storeFaultsIn(needs).filter(({ suits }) => !suits({ access }));
  if (unable.length > 0)
    return `needs ${unable.map(({ needs }) => needs).join(' and ')}, which ${called.store} does not support`;
  const notAllowed = disruptions.filter((disruption) => !allow.includes(disruption));
  if (notAllowed.length === 0) return undefined;
  return `${notAllowed.map((disruption) => disruptionNames[disruption]).join(' and ')}: not without --allow ${notAllowed.join(',')}`;
};
