import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../../../e2e/kube/cluster.ts';
import type { Ability } from '../../../../e2e/store/driver.ts';
import { placeOfUrl, storeUrl } from '../../../../e2e/store/drivers/nfs/place.ts';
import { storeManifest } from '../../../../e2e/store/drivers/nfs/server.ts';

const values = { namespace: 'corral-abc123-store-0f1e', run: '123456', image: 'docker.io/corral/node:lab' };

type Deployment = KubernetesObject & {
  spec: {
    selector: { matchLabels: object };
    template: {
      metadata: { labels: object };
      spec: { containers: [Record<string, unknown>]; volumes: { name: string }[] };
    };
  };
};
type Service = KubernetesObject & { spec: { selector: object } };

/** The objects of a store, the namespace first. */
const storeOf = async (change: object = {}) =>
  (await storeManifest({ ...values, ...change })) as [
    KubernetesObject,
    KubernetesObject,
    Deployment,
    Service,
  ];

test('everything carries the label of its run as a string; the server is not privileged, with what its faults need', async () => {
  const manifest = await storeOf();
  const labels = manifest.map(({ metadata }) => metadata.labels?.['corral.test/run']);
  expect(labels).toEqual(['123456', '123456', '123456', '123456']);
  const [{ image, securityContext }] = manifest[2].spec.template.spec.containers;
  expect(image).toBe(values.image);
  const add = expect.arrayContaining(['LINUX_IMMUTABLE', 'DAC_READ_SEARCH']);
  expect(securityContext).toEqual({ capabilities: { drop: ['ALL'], add } });
});

test.each<[string, Ability[], string[], object]>([
  ['clients are root', [], ['Squash = None', 'chown 0:0'], { medium: '', sizeLimit: null }],
  [
    'clients are one user, to whom the store belongs, where the rights of folders are to count',
    ['denyReading'],
    ['Squash = All', 'chown 65534:65534'],
    { medium: '', sizeLimit: null },
  ],
  [
    'the files of a store that is to be filled up are on a small file system of their own',
    ['littleSpace'],
    ['Squash = None', 'chown 0:0'],
    { medium: 'Memory', sizeLimit: '67108864' },
  ],
])('%s', async (_, needs, told, emptyDir) => {
  const manifest = await storeOf({ needs: ['stall', ...needs] });
  const text = JSON.stringify(manifest).replaceAll('\\"', '');
  expect([/Squash = [^;]+/, /chown [^ ]+/].map((each) => each.exec(text)?.[0])).toEqual(told);
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
  [
    'nfs://corral-abc123-store-1.stores:/opt/backupstore',
    { namespace: 'stores', name: 'corral-abc123-store-1' },
  ],
  ['nfs://longhorn-test-nfs.default:/opt/backupstore', undefined],
])('the place of %s', (url, place) => {
  expect(placeOfUrl(url)).toEqual(place);
  if (place !== undefined) expect(storeUrl(place)).toBe(url);
});
