import type { Provider } from '../../providers/provider.ts';
import type { Offered } from '../config/config.ts';
import type { ScenarioNeed } from '../suite/run/fixture.ts';
import { skipReason } from '../suite/run/skip-reason.ts';
import type { Arguments } from './arguments/parse.ts';
import type { Chosen } from './choice.ts';

/** The chosen scenarios that a cluster can run, and the skipped ones by reason. */
export type Plan = { toRun: Chosen[]; skipped: { reason: string; scenarios: Chosen[] }[] };

/** Whether any scenario of the plan needs this. */
export const needsAny = ({ toRun }: Plan, need: ScenarioNeed): boolean =>
  toRun.some(({ declared }) => declared.needs.includes(need));

/** What a provider's cluster offers to a run with these flags, before there is one. */
export const offeredBy = async (
  provider: Provider,
  { existing, upgradeTo }: Pick<Arguments, 'existing' | 'upgradeTo'>,
): Promise<Offered> => ({ ...(await provider.offers(existing)), upgrades: upgradeTo !== undefined });

/**
 * Plans, before there is a cluster, which scenarios will be run on what it offers. Each scenario makes the same
 * decision at run time.
 */
export const planFor = (chosen: readonly Chosen[], offered: Offered): Plan => {
  const reasons = Map.groupBy(chosen, ({ declared }) => skipReason(offered, declared) ?? '');
  const skipped = [...reasons]
    .filter(([reason]) => reason !== '')
    .map(([reason, scenarios]) => ({ reason, scenarios }))
    .toSorted((one, other) => other.scenarios.length - one.scenarios.length);
  return { toRun: reasons.get('') ?? [], skipped };
};

/**
 * Describes a plan: the number of skipped scenarios and the reasons. Empty if all will run. It cannot include the
 * scenarios that depend on a version of Longhorn which is not known yet, but names their versions.
 */
export const describePlan = ({ toRun, skipped }: Plan): string[] => {
  const without = skipped.reduce((sum, { scenarios }) => sum + scenarios.length, 0);
  const ranges = new Set(toRun.map(({ declared }) => declared.longhorn).filter((range) => range !== '*'));
  return [
    ...(without === 0 ? [] : [`${toRun.length || 'none'} of them will run, ${without} skipped:`]),
    ...skipped.map(({ reason, scenarios }) => `  ${scenarios.length}: ${reason}`),
    ...(ranges.size === 0
      ? []
      : [`scenarios for Longhorn ${[...ranges].join(', ')} are skipped on other versions`]),
  ];
};
