import { expect, test } from 'vitest';
import { leastEnvironment, runBare, suiteOf, withSuite } from '../support/run-suite.ts';
import { startStubServer } from '../support/stub-api-server.ts';

test('a scenario sends nothing that its rules do not name, on a cluster where all may do everything', async () => {
  const server = await startStubServer({
    answer: (response) =>
      response.end(JSON.stringify({ gitVersion: 'v1.99.0', metadata: { resourceVersion: '1' }, items: [] })),
  });
  const known = { CORRAL_KUBECONFIG: server.kubeconfig, CORRAL_NAMESPACE: 'stores' };
  const env = { ...leastEnvironment, ...known, CORRAL_ALLOW: 'manager-kill' };
  const ended = await withSuite(suiteOf('asking'), ({ folder, config }) => runBare(folder, config, { env }));
  const refused = (what: string) =>
    expect.stringContaining(
      `a defect of the suite: it wants to ${what}, which is not among the rights in e2e/permissions of a scenario without disruptions`,
    );
  const outcomes = ended.report?.scenarios.map(({ name, state, reason }) => [name, reason ?? state]) ?? [];
  expect(Object.fromEntries(outcomes)).toEqual({
    'Kills without saying so': refused('delete pods one in namespace longhorn-system'),
    Kills: 'passed',
    'Makes a config': 'passed',
    'Makes one elsewhere': refused('create configmaps in namespace default'),
  });
  expect(server.requests.filter((line) => !line.startsWith('GET ')).sort()).toEqual([
    'DELETE /api/v1/namespaces/longhorn-system/pods/one',
    'POST /api/v1/namespaces/stores/configmaps',
  ]);
});
