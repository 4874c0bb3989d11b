import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../../../e2e/kube/cluster.ts';
import type { Ability } from '../../../../e2e/store/driver.ts';
import { placeOfUrl, storeUrl } from '../../../../e2e/store/drivers/nfs/place.ts';
import { storeManifest } from '../../../../e2e/store/drivers/nfs/server.ts';

const values = { namespace: 'corral-abc123-store-0f1e', run: 'abc123', image: 'docker.io/corral/node:lab' };
const manifest = await storeManifest(values);

type Deployment = KubernetesObject & {
  spec: {
    selector: { matchLabels: Record<string, string> };
    template: {
      metadata: { labels: Record<string, string> };
      spec: { containers: [Record<string, unknown>]; volumes: unknown };
    };
  };
};
const deployment = manifest.find(({ kind }) => kind === 'Deployment') as Deployment;
const [container] = deployment.spec.template.spec.containers;

test('the namespace comes first, everything else is in it', () => {
  expect(manifest.map(({ kind, metadata }) => [kind, metadata.namespace ?? metadata.name])).toEqual([
    ['Namespace', values.namespace],
    ['ConfigMap', values.namespace],
    ['Deployment', values.namespace],
    ['Service', values.namespace],
  ]);
});

test('everything carries the label of its run, as a string', async () => {
  const numbered = await storeManifest({ ...values, run: '123456' });
  expect(numbered.map(({ metadata }) => metadata.labels?.['corral.test/run'])).toEqual([
    '123456',
    '123456',
    '123456',
    '123456',
  ]);
});

test('the server runs the image given, not privileged, with what its faults need', () => {
  expect(container).toMatchObject({ image: values.image, imagePullPolicy: 'IfNotPresent' });
  expect(container.securityContext).toEqual({
    capabilities: { drop: ['ALL'], add: expect.arrayContaining(['LINUX_IMMUTABLE', 'DAC_READ_SEARCH']) },
  });
});

test('clients are root, and one user where the rights of folders are to count, to whom the store belongs', async () => {
  const told = async (needs: Ability[]) => {
    const text = JSON.stringify(await storeManifest({ ...values, needs }));
    return [/Squash = [^;]+/.exec(text)?.[0], /chown [^ ]+/.exec(text)?.[0]].map((each) =>
      each?.replaceAll('\\"', ''),
    );
  };
  expect(await told(['stall'])).toEqual(['Squash = None', 'chown 0:0']);
  expect(await told(['stall', 'denyReading'])).toEqual(['Squash = All', 'chown 65534:65534']);
});

test('the files of a store that is to be filled up are on a small file system of their own', async () => {
  const told = async (needs: Ability[]) => {
    const [, , server] = await storeManifest({ ...values, needs });
    const { volumes } = (server as Deployment).spec.template.spec;
    return (volumes as { name: string }[]).find(({ name }) => name === 'data');
  };
  expect(await told(['stall'])).toEqual({ name: 'data', emptyDir: { medium: '', sizeLimit: null } });
  expect(await told(['littleSpace'])).toEqual({
    name: 'data',
    emptyDir: { medium: 'Memory', sizeLimit: '67108864' },
  });
});

test('stores that share a namespace have names of their own in all they consist of', async () => {
  const name = 'corral-abc123-store-0f1e';
  const [, ...objects] = await storeManifest({ ...values, namespace: 'stores', name });
  expect(objects.map(({ metadata }) => [metadata.namespace, metadata.name])).toEqual(
    objects.map(() => ['stores', name]),
  );
  // Neither the service nor the deployment takes another's pod for its own.
  const [config, server, service] = objects as [
    KubernetesObject,
    Deployment,
    KubernetesObject & { spec: { selector: object } },
  ];
  const label = { 'corral.test/store': name };
  expect([server.spec.selector.matchLabels, service.spec.selector]).toEqual([label, label]);
  expect(server.spec.template.metadata.labels).toMatchObject(label);
  expect(JSON.stringify(server.spec.template.spec)).toContain(
    `"configMap":{"name":"${config.metadata.name}"}`,
  );
  expect(storeUrl({ namespace: 'stores', name })).toBe(`nfs://${name}.stores:/opt/backupstore`);
});

test("the service finds the server by the deployment's labels", () => {
  const service = manifest.find(({ kind }) => kind === 'Service') as KubernetesObject & {
    spec: { selector: Record<string, string> };
  };
  expect(deployment.spec.template.metadata.labels).toMatchObject(service.spec.selector);
  expect(storeUrl({ namespace: values.namespace })).toBe(
    `nfs://${service.metadata.name}.${values.namespace}:/opt/backupstore`,
  );
});

test.each([
  ['nfs://backupstore.corral-abc123-store-1:/opt/backupstore', { namespace: 'corral-abc123-store-1' }],
  [
    'nfs://corral-abc123-store-1.stores:/opt/backupstore',
    { namespace: 'stores', name: 'corral-abc123-store-1' },
  ],
  ['nfs://longhorn-test-nfs.default:/opt/backupstore', undefined],
  ['nfs://10.0.0.1:/opt/backupstore', undefined],
  ['s3://backupstore@corral-abc123-store-1/', undefined],
])('the place of %s', (url, place) => {
  expect(placeOfUrl(url)).toEqual(place);
  if (place !== undefined) expect(storeUrl(place)).toBe(url);
});
