import type { Offered } from '../config/config.ts';
import { whyNotFit } from '../suite/run/skip-reason.ts';
import type { Chosen } from './choice.ts';

/** What becomes of the chosen scenarios on a cluster: those that are run, and the others by the reason. */
export type Plan = { toRun: Chosen[]; skipped: { reason: string; scenarios: Chosen[] }[] };

/** Whether any of the scenarios that will be run needs a browser. */
export const needsBrowser = ({ toRun }: Plan): boolean =>
  toRun.some(({ declared }) => declared.needs.includes('browser'));

/** Says, before there is a cluster, which scenarios will be run on what it offers; the same as they say then. */
export const planFor = (chosen: readonly Chosen[], offered: Offered): Plan => {
  const reasons = Map.groupBy(chosen, ({ declared }) => whyNotFit(offered, declared) ?? '');
  const skipped = [...reasons]
    .filter(([reason]) => reason !== '')
    .map(([reason, scenarios]) => ({ reason, scenarios }))
    .toSorted((one, other) => other.scenarios.length - one.scenarios.length);
  return { toRun: reasons.get('') ?? [], skipped };
};

/**
 * Describes a plan: nothing where all will run, else how many, and a line for each reason why not. What
 * hangs on the version of a Longhorn that is not there yet nobody knows.
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
