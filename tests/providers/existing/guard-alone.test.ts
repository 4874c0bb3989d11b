import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { guardAlone } from '../../../providers/existing/guard-alone.ts';
import { NotFit } from '../../../providers/provider.ts';
import { putLonghorn } from '../../support/longhorn-objects.ts';
import { type StubServer, startStubServer } from '../../support/stub-api-server.ts';

const uid = '3b0f6a8e-0000-4000-8000-000000000001';
const another = '3b0f6a8e-0000-4000-8000-000000000002';

let server: StubServer;
beforeEach(async () => {
  server = await startStubServer({ uid });
  putLonghorn(server);
});
afterEach(() => server.stop());

const guard = async (change: {
  provider?: string;
  context?: string | undefined;
  kubeconfig?: string;
  expectCluster?: string;
}) => {
  const said: string[] = [];
  const named = { provider: 'existing', kubeconfig: server.kubeconfig, context: 'stub', run: 'abc123' };
  const rest = { storeImage: 'store:1', namespace: undefined, allow: [] };
  const terminal = { input: new PassThrough(), output: new PassThrough() };
  const error = await guardAlone(
    { ...named, ...rest, ...change },
    { terminal, print: (line) => said.push(line) },
  ).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error !== undefined) expect(error).toBeInstanceOf(NotFit);
  return { refused: (error as Error | undefined)?.message.replaceAll(server.url, '<server>'), said };
};

test('a cluster whose UID was named is told of, as by the command, and played on', async () => {
  const { refused, said } = await guard({ expectCluster: uid });
  expect(refused).toBeUndefined();
  expect(said[0]).toBe(`Cluster: ${server.url} (context stub), Kubernetes v1.36.1`);
  expect(said).toContain('Allowed (CORRAL_ALLOW): nothing that others on the cluster could feel');
});

test.each([
  [
    'nobody said that it is the one',
    {},
    `nobody has said yet that the cluster at <server> (context stub) is the one: add CORRAL_EXPECT_CLUSTER=${uid}, or start this at a terminal`,
  ],
  [
    'another was meant',
    { expectCluster: another },
    `CORRAL_EXPECT_CLUSTER=${another} is another cluster: <server> (context stub) is ${uid}; nothing was made in it`,
  ],
  [
    'no context is named',
    { context: undefined },
    "CORRAL_CONTEXT is not set: a cluster that is somebody's is named, never guessed",
  ],
  [
    'there is no kubeconfig',
    { kubeconfig: '/nope' },
    "CORRAL_KUBECONFIG: cannot read the kubeconfig /nope: ENOENT: no such file or directory, open '/nope'",
  ],
  [
    'a lab of ours is gone',
    { provider: 'lab', kubeconfig: '/nope' },
    'there is no kubeconfig /nope: is that cluster still up?',
  ],
])('%s: refused, and nothing was made', async (_, change, line) => {
  expect((await guard(change)).refused).toBe(line);
  expect(server.asked.filter((each) => !each.startsWith('GET ') && !/reviews$/.test(each))).toEqual([]);
});

test("a cluster that Corral has made is nobody else's: nothing is asked", async () => {
  expect(await guard({ provider: 'lab' })).toEqual({ refused: undefined, said: [] });
  expect(server.asked).toEqual([]);
});
