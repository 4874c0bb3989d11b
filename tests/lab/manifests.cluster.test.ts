import { beforeAll, expect, test } from 'vitest';
import { type Cluster, connect, type KubernetesObject } from '../../e2e/kube/cluster.ts';
import { applyManifests } from '../../lab/manifests/apply.ts';
import { sharedApiServer } from '../support/share.ts';

let kubeconfig: string;
let cluster: Cluster;

beforeAll(async () => {
  kubeconfig = await (await sharedApiServer()).kubeconfig();
  cluster = connect({ kubeconfig });
});

const apply = (...texts: string[]) =>
  applyManifests({
    kubeconfig,
    manifests: texts.map((text, index) => ({ source: `${index + 1}.yaml`, text })),
  });
const map = (name: string, more = '') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${more}`;
const definition = (kind: string, plural: string) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${plural}.corral.test}
spec:
  group: corral.test
  scope: Cluster
  names: {kind: ${kind}, plural: ${plural}}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, properties: {size: {type: integer}}}}
`;
const custom = (kind: string, size: unknown) =>
  `apiVersion: corral.test/v1\nkind: ${kind}\nmetadata: {name: one}\nsize: ${size}\n`;

test('objects of a kind that is defined just before are taken, from another manifest as well', async () => {
  await apply(
    `${definition('Sheep', 'sheep')}---\n${definition('Goat', 'goats')}---\n${custom('Sheep', 1)}`,
    custom('Goat', 0o17),
  );
  const goat = await cluster.get<KubernetesObject & { size: number }>(
    { group: 'corral.test', version: 'v1', plural: 'goats', namespaced: false },
    { name: 'one' },
  );
  expect(goat.size).toBe(15);
});

test.each([
  [
    'a field that there is none of',
    map('x', 'dat: {a: "1"}\n'),
    '1.yaml: document 1 (line 1): ConfigMap x: the server refuses it: ',
  ],
])('%s is refused in one line, with its place and the reason', async (_, text, message) => {
  const error = await apply(text).catch((thrown) => thrown);
  expect(error.name).toBe('NotFit');
  expect(error.message).toContain(message);
  expect(error.message).not.toContain('\n');
});
