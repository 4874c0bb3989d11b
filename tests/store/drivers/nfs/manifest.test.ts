import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../../../e2e/kube/cluster.ts';
import type { Ability } from '../../../../e2e/store/driver.ts';
import { placeOfUrl, storeUrl } from '../../../../e2e/store/drivers/nfs/place.ts';
import { storeManifest } from '../../../../e2e/store/drivers/nfs/server.ts';

const values = { namespace: 'corral-abc123-store-0f1e', run: '123456', image: 'docker.io/corral/node:lab' };

type PodSpec = { containers: [Record<string, unknown>]; volumes: { name: string }[] };
type Template = { metadata: { labels: object }; spec: PodSpec };
type Deployment = KubernetesObject & { spec: { selector: { matchLabels: object }; template: Template } };
type Service = KubernetesObject & { spec: { selector: object } };
type Objects = [namespace: KubernetesObject, config: KubernetesObject, Deployment, Service];

const storeOf = async (change: object = {}) => (await storeManifest({ ...values, ...change })) as Objects;

test('everything carries the label of its run as a string; the server is not privileged, with what its faults need', async () => {
  const manifest = await storeOf();
  const labels = manifest.map(({ metadata }) => metadata.labels?.['corral.test/run']);
  expect(labels).toEqual(['123456', '123456', '123456', '123456']);
  const [{ image, securityContext }] = manifest[2].spec.template.spec.containers;
  expect(image).toBe(values.image);
  const add = expect.arrayContaining(['LINUX_IMMUTABLE', 'DAC_READ_SEARCH']);
  expect(securityContext).toEqual({ capabilities: { drop: ['ALL'], add } });
});

const onDisk = { medium: '', sizeLimit: null };
const small = { medium: 'Memory', sizeLimit: '67108864' };
test.each<[string, Ability[], squash: string, owner: string, object]>([
  ['clients are root', [], 'None', '0:0', onDisk],
  [
    'clients are one user where the rights of folders are to count',
    ['denyReading'],
    'All',
    '65534:65534',
    onDisk,
  ],
  ['what is to be filled up is a small file system of its own', ['littleSpace'], 'None', '0:0', small],
])('%s', async (_, needs, squash, owner, emptyDir) => {
  const manifest = await storeOf({ needs: ['stall', ...needs] });
  const text = JSON.stringify(manifest).replaceAll('\\"', '');
  expect(/Squash = ([^;]+)/.exec(text)?.[1]).toBe(squash);
  expect(/chown ([^ ]+)/.exec(text)?.[1]).toBe(owner);
  const { volumes } = manifest[2].spec.template.spec;
  expect(volumes.find(({ name }) => name === 'data')).toEqual({ name: 'data', emptyDir });
});

test('stores that share a namespace have names of their own in all they consist of', async () => {
  const name = 'corral-abc123-store-0f1e';
  const [, ...objects] = await storeOf({ namespace: 'stores', name });
  expect(objects.map(({ metadata }) => [metadata.namespace, metadata.name])).toEqual(
    objects.map(() => ['stores', name]),
  );
  // Neither the service nor the deployment takes another's pod for its own.
  const [config, server, service] = objects;
  const label = { 'corral.test/store': name };
  expect([server.spec.selector.matchLabels, service.spec.selector]).toEqual([label, label]);
  expect(server.spec.template.metadata.labels).toMatchObject(label);
  expect(JSON.stringify(server)).toContain(`"configMap":{"name":"${config.metadata.name}"}`);
  expect(storeUrl({ namespace: 'stores', name })).toBe(`nfs://${name}.stores:/opt/backupstore`);
});

test.each([
  ['nfs://backupstore.corral-abc123-store-1:/opt/backupstore', { namespace: 'corral-abc123-store-1' }],
  ['nfs://corral-ab-store-1.stores:/opt/backupstore', { namespace: 'stores', name: 'corral-ab-store-1' }],
  ['nfs://longhorn-test-nfs.default:/opt/backupstore', undefined],
])('the place of %s', (url, place) => {
  expect(placeOfUrl(url)).toEqual(place);
  if (place !== undefined) expect(storeUrl(place)).toBe(url);
});
