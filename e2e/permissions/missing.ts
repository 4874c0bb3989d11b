import { type Cluster, type Resource, unlessGone } from '../kube/cluster.ts';
import type { Disruption } from '../longhorn/disruptions.ts';
import type { OwnBucket } from '../store/driver.ts';
import { neededRules, type RunScope } from './needed.ts';
import { providerRules } from './provider.ts';
import { describeRight, type Right, toRights } from './rights.ts';
import { defaultAccount, type ServiceAccount } from './roles.ts';

const reviews: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  plural: 'selfsubjectaccessreviews',
  namespaced: false,
};

type Review = { status: { allowed: boolean } };

type MissingRightsRequest = { allow: readonly Disruption[]; namespace?: string | undefined } & Omit<
  RunScope,
  'disruptions' | 'namespace'
>;

/** Rights that a run needs and its user lacks. */
export type MissingRights = {
  /** How many rights the run needs in all. */
  needed: number;
  /** The missing rights, each in the form `delete pods in namespace longhorn-system`. */
  rights: string[];
  /** The command with which an admin grants them. */
  command: string;
  /** Whether the command creates a service account, because the user is not one of that namespace. */
  makesAccount: boolean;
  /** The namespace that the run must use then. Undefined if the run already uses it. */
  runIn: string | undefined;
};

/**
 * Asks the API server whether the user has each right that a run needs, for the allowed scenarios and for the
 * provider. Undefined if none is missing.
 */
export const missingRights = async (
  cluster: Cluster,
  { allow, namespace, supportBundle = false, store, ownBucket }: MissingRightsRequest,
): Promise<MissingRights | undefined> => {
  const scope = { disruptions: allow, namespace, supportBundle, store, ownBucket };
  const rules = [...neededRules(scope), ...providerRules(scope)];
  const rights = toRights(rules, { stores: namespace });
  const answers = await Promise.all(rights.map((right) => mayDo(cluster, right)));
  const missing = rights.filter((_, index) => !answers[index]);
  if (missing.length === 0) return undefined;
  return {
    needed: rights.length,
    rights: missing.map(describeRight),
    ...(await grantBy(cluster, { allow, namespace, supportBundle, store, ownBucket })),
  };
};

const mayDo = async (cluster: Cluster, { everywhere: _, ...resourceAttributes }: Right): Promise<boolean> => {
  const review = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    metadata: {},
    spec: { resourceAttributes },
  };
  return (await cluster.create<Review>(reviews, review)).status.allowed;
};

const userReviews: Resource = {
  group: 'authentication.k8s.io',
  version: 'v1',
  plural: 'selfsubjectreviews',
  namespaced: false,
};

type UserReview = { status: { userInfo: { username?: string } } };

// Undefined if the user is not a service account, or the API server lacks this review (before Kubernetes v1.28).
const serviceAccountOf = async (cluster: Cluster): Promise<ServiceAccount | undefined> => {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} };
  const { status } = await cluster.create<UserReview>(userReviews, review).catch((error: unknown) => {
    unlessGone(error);
    return { status: { userInfo: {} } } as UserReview;
  });
  const [, namespace, name] =
    /^system:serviceaccount:([^:]+):([^:]+)$/.exec(status.userInfo.username ?? '') ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
};

const bucketFlags = ({ endpoint, bucket, region, secret }: OwnBucket): string[] => [
  '--bucket',
  `name=${bucket}@${region},secret=${secret},endpoint=${endpoint}`,
];

const grantBy = async (
  cluster: Cluster,
  { allow, namespace, supportBundle = false, store, ownBucket }: MissingRightsRequest,
): Promise<Pick<MissingRights, 'command' | 'makesAccount' | 'runIn'>> => {
  const stores = namespace ?? defaultAccount.namespace;
  const user = await serviceAccountOf(cluster);
  const account = user?.namespace === stores ? user : { ...defaultAccount, namespace: stores };
  const flags = [
    ...(allow.length === 0 ? [] : ['--allow', allow.join(',')]),
    ...(account.namespace === defaultAccount.namespace ? [] : ['--namespace', account.namespace]),
    ...(supportBundle ? ['--support-bundle'] : []),
    ...(ownBucket ? bucketFlags(ownBucket) : store === undefined ? [] : ['--store', store]),
    ...(account.name === defaultAccount.name ? [] : ['--service-account', account.name]),
  ];
  const command = `${['npx corral rbac', ...flags].join(' ')} | kubectl apply -f -`;
  const makesAccount = account !== user;
  return { command, makesAccount, runIn: makesAccount || namespace === undefined ? stores : undefined };
};
