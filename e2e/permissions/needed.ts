import type { Disruption } from '../longhorn/disruptions.ts';
import type { OwnBucket } from '../store/driver.ts';
import { driversOf } from '../store/drivers/index.ts';
import { base } from './base.ts';
import { ofDisruptions } from './disruptions.ts';
import type { PermissionRule } from './rule.ts';
import { inOwnNamespaces, inSharedNamespace, leadsTo, ofStores } from './stores.ts';
import { ofSupportBundles } from './support-bundles.ts';

/**
 * How scenarios are played, as far as it decides what they need: the disruptions that they may bring about, the
 * namespace of all stores, if they share one, and whether Longhorn is asked for its support bundle.
 */
export type Playing = {
  disruptions: readonly Disruption[];
  namespace: string | undefined;
  supportBundle?: boolean;
  /** The kind of backup stores, or all kinds; the first where none is named. */
  store?: string | undefined;
  /** The bucket that was there before, where the stores are in one. */
  ownBucket?: OwnBucket | undefined;
};

/** All that scenarios do on a cluster: what none of these rules says, none of them asks for. */
export const neededRules = ({
  disruptions,
  namespace,
  supportBundle,
  store,
  ownBucket,
}: Playing): readonly PermissionRule[] => {
  const stores = driversOf(store);
  const rules = [
    ...base,
    ...stores.flatMap(ofStores),
    ...(namespace === undefined ? inOwnNamespaces : stores.flatMap(inSharedNamespace)),
    ...disruptions.flatMap((disruption) => ofDisruptions[disruption]),
    ...(supportBundle ? ofSupportBundles : []),
    ...(ownBucket ? leadsTo(ownBucket) : []),
  ];
  return [...rules, ...rules.flatMap(readWhatWasMade)];
};

// By its name (e2e/kube/resend.ts).
const readWhatWasMade = ({ place, resource, subresource, verbs }: PermissionRule): PermissionRule[] =>
  verbs.includes('create') && subresource === undefined
    ? [{ place, resource, verbs: ['get'], seldom: 'asked when the API server lost the answer to a creation' }]
    : [];
