import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { follow } from '../../e2e/history/watch.ts';
import { connect, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { askLab } from '../../lab/control/ask.ts';
import { labDir } from '../../lab/run/settings.ts';
import type { Lab } from '../../lab/run/start.ts';
import { up } from '../../lab/up.ts';

const names = ['first', 'second'].map((which) => `${which}-${process.pid}`) as [string, string];
const step = <T>(_title: string, work: (update: (detail: string) => void) => Promise<T>) => work(() => {});
let labs: [Lab, Lab];

beforeAll(async () => {
  const size = { nodes: 1, memory: '512M', disk: '1G' };
  labs = (await Promise.all(names.map((name) => up({ name, ...size, step })))) as [Lab, Lab];
});

afterAll(() => Promise.all((labs ?? []).map((lab) => lab.stop())));

type Node = KubernetesObject & { status: { nodeInfo: { bootID: string }; addresses: { type: string; address: string }[] } };

const nodeOf = async (lab: Lab): Promise<Node> => {
  const { items } = await connect(lab).list<Node>(resources.nodes);
  expect(items).toHaveLength(1);
  return items[0] as Node;
};

test('two labs are up together, with the same addresses inside and one port each outside', async () => {
  const [first, second] = await Promise.all(labs.map(nodeOf));
  expect(first?.status.addresses).toEqual(second?.status.addresses);
  expect(first?.status.nodeInfo.bootID).not.toBe(second?.status.nodeInfo.bootID);
  expect(connect(labs[0]).server).not.toBe(connect(labs[1]).server);
});

test('the API server of one lab does not know the certificates of the other', async () => {
  const config = parse(await readFile(labs[0].kubeconfig, 'utf8'));
  config.clusters[0].cluster = { server: connect(labs[1]).server, 'insecure-skip-tls-verify': true };
  const kubeconfig = join(labDir(names[0]), 'of-the-other');
  await writeFile(kubeconfig, stringify(config));
  expect((await connect({ kubeconfig }).request('/api')).status).toBe(401);
});

test('one going down does not disturb the other', async () => {
  const [first, second] = labs;
  const nodes = await follow<Node>(connect(second), resources.nodes);
  await first.stop();
  expect(existsSync(labDir(names[0]))).toBe(false);
  // It still takes commands and writes.
  expect(await askLab(names[1], { action: 'run', node: 'node1', script: 'hostname' })).toMatchObject({ exitCode: 0, stdout: 'node1\n' });
  await connect(second).create(resources.configMaps, { metadata: { name: 'made', namespace: 'default' } });
  expect(nodes.entries.filter(({ kind }) => kind === 'gap')).toEqual([]);
  expect(second.ended).toEqual([]);
  await nodes.stop();
});
