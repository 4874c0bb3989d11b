import type { ExistingCluster } from '../../e2e/config/config.ts';
import { ApiError, type Cluster, connect, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { openHealth } from '../../e2e/kube/health.ts';
import { remedyOf } from '../../e2e/kube/remedy.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { permitProvider } from '../../e2e/permissions/permit.ts';
import { errorInOneLine, orThrowPreconditionError } from './refuse.ts';
import type { SettingNames } from './setting-names.ts';

/** A cluster and its identity. `uid` is that of the namespace kube-system, which exists as long as the cluster. */
export type ConnectedCluster = { cluster: Cluster; uid: string; kubernetes: string };

type ConnectOptions = Pick<ExistingCluster, 'kubeconfig' | 'context' | 'allow' | 'namespace' | 'ownBucket'>;

/** Time-out of the API server's first response, in ms. A reachable server responds within a second. */
const FIRST_ANSWER_MS = 15_000;

/** Connects to the named cluster and reads its identity. Throws PreconditionError if that is not possible. */
export const connectExisting = async (
  { kubeconfig, context, allow, namespace, ownBucket }: ConnectOptions,
  settingNames: SettingNames,
): Promise<ConnectedCluster> => {
  const permit = permitProvider({ disruptions: allow, namespace, ownBucket });
  const cluster = await orThrowPreconditionError(settingNames.kubeconfig, async () =>
    connect({ kubeconfig, context, health: openHealth(), permit }),
  );
  const kubernetes = await askVersion(cluster, settingNames);
  const { metadata } = await cluster
    .get<KubernetesObject>(resources.namespaces, { name: 'kube-system' })
    .catch((error: unknown) => refuseUnknown(cluster, error));
  return { cluster, uid: metadata.uid ?? '', kubernetes };
};

// Tries once, although later requests are repeated: a wrong address must fail without a wait.
const askVersion = async (
  { request, server, context }: Cluster,
  settingNames: SettingNames,
): Promise<string> => {
  const where = `${server} (context ${context})`;
  const late = AbortSignal.timeout(FIRST_ANSWER_MS);
  const response = await request('/version', { signal: late }).catch((error: unknown) => {
    // The error's message begins with the request, but the reader needs the cause.
    const { cause } = error as { cause?: unknown };
    const why =
      cause instanceof Error && cause.message !== '' ? errorInOneLine(cause) : errorInOneLine(error);
    throw new PreconditionError({
      code: 'api-server-unreachable',
      what: `the API server ${where} cannot be reached: ${late.aborted ? `no answer within ${FIRST_ANSWER_MS / 1000} s` : why}`,
      remedy:
        remedyOf(error) ??
        `see that it runs, and that ${settingNames.kubeconfig} and ${settingNames.context} name it`,
    });
  });
  if (response.status === 401) return refuseCredentials({ server, context });
  const version = await response.json().catch(() => undefined);
  const gitVersion = (version as { gitVersion?: unknown } | undefined)?.gitVersion;
  if (typeof gitVersion === 'string') return gitVersion;
  throw new PreconditionError({
    code: 'no-api-server',
    what: `${where} answers (${response.status}), but not as a Kubernetes API server`,
    remedy: `see that ${settingNames.kubeconfig} and ${settingNames.context} name one`,
  });
};

const refuseCredentials = ({ server, context }: Pick<Cluster, 'server' | 'context'>): never => {
  throw new PreconditionError({
    code: 'credentials-refused',
    what: `the API server ${server} does not accept the credentials of context ${context}`,
    remedy: 'renew them, or name another context',
  });
};

const refuseUnknown = (cluster: Cluster, error: unknown): never => {
  if (error instanceof ApiError && error.status === 401) return refuseCredentials(cluster);
  if (error instanceof ApiError && error.status === 403)
    throw new PreconditionError({
      code: 'cluster-unknown',
      what: `context ${cluster.context} may not get the namespace kube-system, by whose UID a cluster is known`,
      remedy: 'npx corral rbac prints the rights that a run needs',
    });
  throw new PreconditionError({
    code: 'cluster-unknown',
    what: `the API server ${cluster.server} does not say which cluster it is: ${errorInOneLine(error)}`,
  });
};
