import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { connect } from '../../e2e/observe/cluster.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corral-kubeconfig-'));
});
afterEach(() => rm(dir, { recursive: true }));

const written = async (current?: string): Promise<string> => {
  const file = join(dir, 'kubeconfig');
  const clusters = ['one', 'two'].map((name) => ({ name, cluster: { server: `https://${name}.example:6443/` } }));
  const contexts = ['one', 'two', 'lost'].map((name) => ({ name, context: { cluster: name, user: 'me' } }));
  await writeFile(
    file,
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters,
      contexts,
      users: [{ name: 'me', user: {} }],
      ...(current && { 'current-context': current }),
    }),
  );
  return file;
};

test.each([
  ['the current context', undefined, 'one'],
  ['the context that is asked for', 'two', 'two'],
])('opens %s', async (_, context, name) => {
  const cluster = connect({ kubeconfig: await written('one'), ...(context && { context }) });
  expect([cluster.context, cluster.server]).toEqual([name, `https://${name}.example:6443`]);
});

test.each([
  ['a context that is not there', 'three', 'has no context "three" (it has: one, two, lost)'],
  ['a context without a cluster', 'lost', 'the context "lost" of the kubeconfig'],
  ['no context at all', undefined, 'names no current context, and none was given (it has: one, two, lost)'],
])('refuses %s in one line', async (_, context, message) => {
  const kubeconfig = await written();
  expect(() => connect({ kubeconfig, ...(context && { context }) })).toThrow(message);
});

test('refuses a file that is not there in one line', () => {
  const kubeconfig = join(dir, 'none');
  expect(() => connect({ kubeconfig })).toThrow(new RegExp(`^cannot read the kubeconfig ${kubeconfig}: ENOENT`));
});
