import type { ExistingCluster } from '../../e2e/config/config.ts';
import { ApiError, type Cluster, connect, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { openHealth } from '../../e2e/kube/health.ts';
import { remedyOf } from '../../e2e/kube/remedy.ts';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import { permitAround } from '../../e2e/permissions/permit.ts';
import { errorInOneLine, orRefuse } from './refuse.ts';
import type { Spelling } from './spelling.ts';

/**
 * A cluster that was met: which one it is. `uid` is that of its namespace kube-system, which lives as long as
 * the cluster.
 */
export type ConnectedCluster = { cluster: Cluster; uid: string; kubernetes: string };

type Named = Pick<ExistingCluster, 'kubeconfig' | 'context' | 'allow' | 'namespace' | 'ownBucket'>;

/**
 * How long the first answer of an API server may take, ms: one that is reached at all answers within a
 * second.
 */
const FIRST_ANSWER_MS = 15_000;

/**
 * Opens the cluster that was named, and only that one, and asks it who it is. Throws NotFit where it does not
 * say.
 */
export const connectExisting = async (
  { kubeconfig, context, allow, namespace, ownBucket }: Named,
  spelling: Spelling,
): Promise<ConnectedCluster> => {
  const permit = permitAround({ disruptions: allow, namespace, ownBucket });
  const cluster = await orRefuse(spelling.kubeconfig, async () =>
    connect({ kubeconfig, context, health: openHealth(), permit }),
  );
  const kubernetes = await askVersion(cluster, spelling);
  const { metadata } = await cluster
    .get<KubernetesObject>(resources.namespaces, { name: 'kube-system' })
    .catch((error: unknown) => refuseUnknown(cluster, error));
  return { cluster, uid: metadata.uid ?? '', kubernetes };
};

// One attempt, whatever patience later requests have: nobody waits for a cluster that was named wrongly.
const askVersion = async ({ request, server, context }: Cluster, spelling: Spelling): Promise<string> => {
  const where = `${server} (context ${context})`;
  const late = AbortSignal.timeout(FIRST_ANSWER_MS);
  const response = await request('/version', { signal: late }).catch((error: unknown) => {
    // The error begins with the request; what its reader needs is why.
    const { cause } = error as { cause?: unknown };
    const why =
      cause instanceof Error && cause.message !== '' ? errorInOneLine(cause) : errorInOneLine(error);
    throw new NotFit({
      code: 'api-server-unreachable',
      what: `the API server ${where} cannot be reached: ${late.aborted ? `no answer within ${FIRST_ANSWER_MS / 1000} s` : why}`,
      remedy:
        remedyOf(error) ??
        `see that it runs, and that ${spelling.kubeconfig} and ${spelling.context} name it`,
    });
  });
  if (response.status === 401) return refuseCredentials({ server, context });
  const version = await response.json().catch(() => undefined);
  const gitVersion = (version as { gitVersion?: unknown } | undefined)?.gitVersion;
  if (typeof gitVersion === 'string') return gitVersion;
  throw new NotFit({
    code: 'no-api-server',
    what: `${where} answers (${response.status}), but not as a Kubernetes API server`,
    remedy: `see that ${spelling.kubeconfig} and ${spelling.context} name one`,
  });
};

const refuseCredentials = ({ server, context }: Pick<Cluster, 'server' | 'context'>): never => {
  throw new NotFit({
    code: 'credentials-refused',
    what: `the API server ${server} does not accept the credentials of context ${context}`,
    remedy: 'renew them, or name another context',
  });
};

const refuseUnknown = (cluster: Cluster, error: unknown): never => {
  if (error instanceof ApiError && error.status === 401) return refuseCredentials(cluster);
  if (error instanceof ApiError && error.status === 403)
    throw new NotFit({
      code: 'cluster-unknown',
      what: `context ${cluster.context} may not get the namespace kube-system, by whose UID a cluster is known`,
      remedy: 'npx corral rbac prints the rights that a run needs',
    });
  throw new NotFit({
    code: 'cluster-unknown',
    what: `the API server ${cluster.server} does not say which cluster it is: ${errorInOneLine(error)}`,
  });
};
