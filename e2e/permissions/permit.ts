import type { Access, Permit } from '../kube/access.ts';
import { longhornNamespace } from '../longhorn/resources.ts';
import type { OwnBucket } from '../store/driver.ts';
import { serviceOf } from '../store/drivers/s3/place.ts';
import { neededRules, type Playing } from './needed.ts';
import { aroundScenarios } from './provider.ts';
import { describeRight } from './rights.ts';
import type { Place, Rule } from './rule.ts';

/**
 * Lets a scenario ask the API server only for what the declared rules say that it needs: so what `npm run
 * rbac` prints, which is made of them, holds on any cluster, also on one whose user may do everything.
 * Anything else is an error, and never sent.
 */
export const permitNeeded = ({
  run,
  ownBucket,
  ...playing
}: Playing & { run: string; ownBucket?: OwnBucket | undefined }): Permit => {
  const { disruptions, namespace } = playing;
  const isForStores = (asked: string): boolean =>
    namespace === undefined ? asked.startsWith(`corral-${run}-store-`) : asked === namespace;
  const among =
    disruptions.length === 0
      ? 'of a scenario without disruptions'
      : `of a scenario with ${disruptions.join(', ')}`;
  return permitOnly(neededRules(playing), { isForStores, among, besides: leadsTo(ownBucket) });
};

/** The same for what the provider of an existing cluster does around the scenarios. */
export const permitAround = ({
  ownBucket,
  ...playing
}: Playing & { ownBucket?: OwnBucket | undefined }): Permit =>
  permitOnly([...aroundScenarios(playing), ...everybodyMay], {
    isForStores: (asked) => asked === playing.namespace,
    among: 'of the provider',
    besides: leadsTo(ownBucket),
  });

const review = (group: string, plural: string): Rule => ({
  place: 'cluster',
  resource: { group, version: 'v1', plural, namespaced: false },
  verbs: ['create'],
});

// Kubernetes grants these to all that it knows (system:basic-user).
const everybodyMay = [
  review('authorization.k8s.io', 'selfsubjectaccessreviews'),
  review('authentication.k8s.io', 'selfsubjectreviews'),
] as const;

// What leads to a bucket that was there before: its Secret, and the Service that it is behind, wherever they are.
const leadsTo = (bucket: OwnBucket | undefined) => {
  const secret = bucket?.secret.split('/') ?? [];
  const service = bucket === undefined ? undefined : serviceOf(bucket.endpoint);
  return ({ verb, resource, subresource, namespace, name }: Access): boolean => {
    if (resource === 'secrets') return verb === 'get' && namespace === secret[0] && name === secret[1];
    if (service === undefined || namespace !== service.namespace) return false;
    if (resource === 'services') return verb === 'get' && name === service.name;
    return resource === 'pods' && (verb === 'list' || subresource === 'portforward');
  };
};

const permitOnly = (
  rules: readonly Rule[],
  {
    isForStores,
    among,
    besides,
  }: {
    isForStores: (namespace: string) => boolean;
    among: string;
    besides: (access: Access) => boolean;
  },
): Permit => {
  const placeOf = ({ namespace }: Access): Place | undefined => {
    if (namespace === undefined) return 'cluster';
    if (namespace === longhornNamespace) return 'longhorn';
    return isForStores(namespace) ? 'stores' : undefined;
  };
  return (access) => {
    const place = placeOf(access);
    if (besides(access) || rules.some((rule) => rule.place === place && allows(rule, access))) return;
    throw new Error(
      `a defect of the suite: it wants to ${describeRight(access)}, which is not among what e2e/permissions says ${among}`,
    );
  };
};

const allows = ({ resource, subresource, verbs, names }: Rule, access: Access): boolean =>
  resource.group === access.group &&
  resource.plural === access.resource &&
  subresource === access.subresource &&
  verbs.some((verb) => verb === access.verb) &&
  (names === undefined || names.some((name) => name === access.name));
