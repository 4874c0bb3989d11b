import type { Timeline } from '../../e2e/history/timeline.ts';
import { follow } from '../../e2e/history/watch.ts';
import {
  type Cluster,
  connect,
  type KubernetesObject,
  resources,
  unlessGone,
} from '../../e2e/kube/cluster.ts';
import { defineScenario } from '../../e2e/suite/scenario-core.ts';

const { secrets } = resources;
const namespace = 'default';

type ClusterSteps = {
  cluster: Cluster;
  lamps: Timeline;
  /** Makes a Secret, which the cleanup removes. */
  lamp(name: string): Promise<void>;
  change(name: string, data: Record<string, string>): Promise<void>;
};

/** `scenario()` for inline suites that need only a real API server. */
export const scenario = defineScenario<ClusterSteps>({
  // All requests are allowed, because permissions are not tested here.
  connect: ({ permit: _, ...options }) => connect(options),
  createSteps: async ({ cluster, config: { run } }) => {
    const lamps = await follow<KubernetesObject>(cluster, secrets, { namespace });
    const made: string[] = [];
    return {
      cluster,
      lamps,
      lamp: async (name) => {
        made.push(name);
        await cluster.create(secrets, { metadata: { name, namespace, labels: { 'corral.test/run': run } } });
      },
      change: async (name, data) => {
        await cluster.patch(secrets, { namespace, name }, { stringData: data });
      },
      conclude: async () => {},
      close: async () => {
        for (const name of made) await cluster.delete(secrets, { namespace, name }).catch(unlessGone);
        await lamps.stop();
      },
    };
  },
});
