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
  /** Makes a secret, which goes with the cleanup. */
  lamp(name: string): Promise<void>;
  change(name: string, data: Record<string, string>): Promise<void>;
};

/** `scenario()` for inline suites that need a real API server, and nothing else of a cluster. */
export const scenario = defineScenario<ClusterSteps>({
  // Whatever it asks for: what the scenarios may is not what is tried here.
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
