import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { leastEnvironment, runBare, withSuite } from '../support/run-suite.ts';

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
  const heard: string[] = [];
  const server = createServer(({ method, url }, response) => {
    heard.push(`${method} ${url}`);
    response.end(JSON.stringify({ gitVersion: 'v1.99.0' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const ended = await withSuite({ 'asking.e2e.ts': asking }, async ({ folder, config }) => {
      const kubeconfig = {
        clusters: [{ name: 'x', cluster: { server: address, 'insecure-skip-tls-verify': true } }],
        contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
        users: [{ name: 'x', user: {} }],
        'current-context': 'x',
      };
      await writeFile(join(folder, 'kubeconfig'), stringify(kubeconfig));
      const env = {
        ...leastEnvironment,
        CORRAL_KUBECONFIG: 'kubeconfig',
        CORRAL_NAMESPACE: 'stores',
        CORRAL_ALLOW: 'manager-kill',
      };
      return runBare(folder, config, { env });
    });
    const refused = (what: string) =>
      `a defect of the suite: it wants to ${what}, which is not among what e2e/permissions says of a scenario without disruptions`;
    expect(
      Object.fromEntries(
        ended.report?.scenarios.map(({ name, state, reason }) => [name, reason ?? state]) ?? [],
      ),
    ).toEqual({
      'Kills without saying so': expect.stringContaining(
        refused('delete pods one in namespace longhorn-system'),
      ),
      Kills: 'passed',
      'Makes a config': 'passed',
      'Makes one elsewhere': expect.stringContaining(refused('create configmaps in namespace default')),
    });
    expect(heard.filter((line) => line !== 'GET /version').sort()).toEqual([
      'DELETE /api/v1/namespaces/longhorn-system/pods/one',
      'POST /api/v1/namespaces/stores/configmaps',
    ]);
  } finally {
    server.close();
  }
});
