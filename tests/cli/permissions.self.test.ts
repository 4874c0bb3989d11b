import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { leastEnvironment, runBare, withSuite } from '../support/run-suite.ts';
import { startStubServer } from '../support/stub-api-server.ts';

const e2e = fileURLToPath(new URL('../../e2e', import.meta.url));

// The suite's own core and its own connection, on steps that ask for what they are told to.
const asking = `
import { connect } from '${e2e}/kube/cluster.ts';
import { defineScenario } from '${e2e}/suite/scenario-core.ts';
const asks = defineScenario({
  connect,
  createSteps: async ({ cluster }) => ({
    asks: (method, path) => cluster.request(path, { method }),
    conclude: async () => {},
    close: async () => {},
  }),
});
const pod = '/api/v1/namespaces/longhorn-system/pods/one';
asks('Kills without saying so', {}, async (steps) => void (await steps.asks('DELETE', pod)));
asks('Kills', { disruptions: ['manager-kill'] }, async (steps) => void (await steps.asks('DELETE', pod)));
asks('Makes a config', {}, async (steps) => void (await steps.asks('POST', '/api/v1/namespaces/stores/configmaps')));
asks('Makes one elsewhere', {}, async (steps) => void (await steps.asks('POST', '/api/v1/namespaces/default/configmaps')));
`;

test('a scenario sends nothing that its rules do not name, on a cluster where all may do everything', async () => {
  const server = await startStubServer({
    answer: (response) => response.end(JSON.stringify({ gitVersion: 'v1.99.0' })),
  });
  const known = { CORRAL_KUBECONFIG: server.kubeconfig, CORRAL_NAMESPACE: 'stores' };
  const env = { ...leastEnvironment, ...known, CORRAL_ALLOW: 'manager-kill' };
  const ended = await withSuite({ 'asking.e2e.ts': asking }, ({ folder, config }) =>
    runBare(folder, config, { env }),
  );
  const refused = (what: string) =>
    expect.stringContaining(
      `a defect of the suite: it wants to ${what}, which is not among what e2e/permissions says of a scenario without disruptions`,
    );
  const told = ended.report?.scenarios.map(({ name, state, reason }) => [name, reason ?? state]) ?? [];
  expect(Object.fromEntries(told)).toEqual({
    'Kills without saying so': refused('delete pods one in namespace longhorn-system'),
    Kills: 'passed',
    'Makes a config': 'passed',
    'Makes one elsewhere': refused('create configmaps in namespace default'),
  });
  expect(server.asked.filter((line) => line !== 'GET /version').sort()).toEqual([
    'DELETE /api/v1/namespaces/longhorn-system/pods/one',
    'POST /api/v1/namespaces/stores/configmaps',
  ]);
});
