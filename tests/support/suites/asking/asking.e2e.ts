import { connect } from '../../../../e2e/kube/cluster.ts';
import { defineScenario } from '../../../../e2e/suite/scenario-core.ts';

// The suite's own core and its own connection, on steps that ask for what is given to them.
const asks = defineScenario({
  connect,
  createSteps: async ({ cluster }) => ({
    asks: (method: string, path: string) => cluster.request(path, { method }),
    conclude: async () => {},
    close: async () => {},
  }),
});
const pod = '/api/v1/namespaces/longhorn-system/pods/one';
asks('Kills without saying so', {}, async (steps) => void (await steps.asks('DELETE', pod)));
asks('Kills', { disruptions: ['manager-kill'] }, async (steps) => void (await steps.asks('DELETE', pod)));
asks(
  'Makes a config',
  {},
  async (steps) => void (await steps.asks('POST', '/api/v1/namespaces/stores/configmaps')),
);
asks(
  'Makes one elsewhere',
  {},
  async (steps) => void (await steps.asks('POST', '/api/v1/namespaces/default/configmaps')),
);
