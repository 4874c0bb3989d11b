import { X509Certificate } from 'node:crypto';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { KubernetesObject } from '../../../e2e/kube/cluster.ts';
import type { ServerFeature } from '../../../e2e/store/driver.ts';
import * as cifs from '../../../e2e/store/drivers/cifs/place.ts';
import { storeManifest as cifsManifest } from '../../../e2e/store/drivers/cifs/server.ts';
import * as nfs from '../../../e2e/store/drivers/nfs/place.ts';
import { storeManifest as nfsManifest } from '../../../e2e/store/drivers/nfs/server.ts';
import * as s3 from '../../../e2e/store/drivers/s3/place.ts';
import { makeLogin, storeManifest as s3Manifest } from '../../../e2e/store/drivers/s3/server.ts';

type Container = { command: string[]; image: string; securityContext: object };
type PodSpec = { containers: [Container]; volumes: { name: string }[] };
type Template = { metadata: { labels: object }; spec: PodSpec };
type Config = KubernetesObject & { stringData: Record<string, string> };
type Server = KubernetesObject & { spec: { selector: { matchLabels: object }; template: Template } };
type Service = KubernetesObject & { spec: { selector: object } };
type Objects = [namespace: KubernetesObject, config: Config, Server, Service];

const place = { namespace: 'corral-abc123-store-1' };
const shared = { namespace: 'stores', name: 'corral-ab-store-1' };
const login = await makeLogin(place);
const of = { ...place, run: '123456', image: 'docker.io/corral/node:lab' };
const manifests = {
  nfs: async (more: object = {}) => (await nfsManifest({ ...of, ...more })) as Objects,
  cifs: async (more: object = {}) => (await cifsManifest({ ...of, ...more }, 'secret')) as Objects,
  s3: async (more: object = {}, key = login) => (await s3Manifest({ ...of, ...more }, key)) as Objects,
};
const kinds = Object.keys(manifests) as (keyof typeof manifests)[];

test.each(kinds)('everything of a store on %s carries the label of its run as a string', async (kind) => {
  const labels = (await manifests[kind]()).map(({ metadata }) => metadata.labels?.['corral.test/run']);
  expect(labels).toEqual(['123456', '123456', '123456', '123456']);
});

test.each([
  ['cifs', /^the image has no Samba \(smbd\): name one .*$/],
  ['s3', /^the image has no S3 server \(versitygw\): name one .*$/],
] as const)('the server of a store on %s says where its program is missing', async (kind, says) => {
  const [, , server] = await manifests[kind]();
  const [bash = '', ...script] = server.spec.template.spec.containers[0].command;
  const nowhere = { env: { PATH: '/nowhere' }, extendEnv: false, reject: false };
  const ended = await execa(`/bin/${bash}`, script, nowhere);
  expect(ended).toMatchObject({ exitCode: 78, stdout: expect.stringMatching(says) });
});

test('a server of NFS is not privileged, with what its faults need', async () => {
  const [, , server] = await manifests.nfs();
  const [{ image, securityContext }] = server.spec.template.spec.containers;
  expect(image).toBe(of.image);
  const add = expect.arrayContaining(['LINUX_IMMUTABLE', 'DAC_READ_SEARCH']);
  expect(securityContext).toEqual({ capabilities: { drop: ['ALL'], add } });
});

const onDisk = { medium: '', sizeLimit: null };
const small = { medium: 'Memory', sizeLimit: '67108864' };
test.each<['nfs' | 'cifs', ServerFeature[], object, { Squash?: string; chown?: string }]>([
  ['nfs', [], onDisk, { Squash: 'None', chown: '0:0' }],
  // Clients are one user where the rights of folders are to count.
  ['nfs', ['one-user'], onDisk, { Squash: 'All', chown: '65534:65534' }],
  ['nfs', ['small-disk'], small, { Squash: 'None', chown: '0:0' }],
  ['cifs', ['one-user'], onDisk, {}],
  ['cifs', ['small-disk'], small, {}],
])('the files of a store on %s that has %j are on %j, of %j', async (kind, features, emptyDir, owners) => {
  const manifest = await manifests[kind]({ features });
  const { volumes } = manifest[2].spec.template.spec;
  expect(volumes.find(({ name }) => name === 'data')).toEqual({ name: 'data', emptyDir });
  const text = JSON.stringify(manifest).replaceAll('\\"', '');
  for (const [what, whose] of Object.entries(owners))
    expect(new RegExp(`${what}(?: =)? ([^ ;]+)`).exec(text)?.[1]).toBe(whose);
});

test.each<[ServerFeature[], protocol: string, settings: { TLS: string; VERSIONS: string; PORT: string }]>([
  [[], 'https', { TLS: 'yes', VERSIONS: 'no', PORT: '7070' }],
  // Behind a proxy.
  [['no-tls', 'proxy'], 'http', { TLS: 'no', VERSIONS: 'no', PORT: '7071' }],
  [['versions'], 'https', { TLS: 'yes', VERSIONS: 'yes', PORT: '7070' }],
])('the server of a store on S3 that has %j is asked over %s', async (features, protocol, settings) => {
  const objects = JSON.stringify(await manifests.s3({ features }, await makeLogin({ ...place, features })));
  expect(objects).toContain(`"endpoint":"${protocol}://backupstore.corral-abc123-store-1:7070"`);
  for (const [name, value] of Object.entries(settings))
    expect(objects).toContain(JSON.stringify({ name, value }));
});

test('a server of S3 has a certificate of its own, a user beside its root and one who may take the place of that', async () => {
  const [namespace, { stringData }] = await manifests.s3();
  expect(namespace).toMatchObject({ kind: 'Namespace', metadata: { name: place.namespace } });
  const { subjectAltName, ca, validFromDate } = new X509Certificate(stringData['tls.crt'] ?? '');
  const name = 'backupstore.corral-abc123-store-1';
  const names = [name, `${name}.svc`, `backups.${name}.svc.cluster.local`].map((each) => `DNS:${each}`);
  expect([subjectAltName, ca]).toEqual([names.join(', '), true]);
  expect(validFromDate.getTime()).toBeLessThan(Date.now() - 3_600_000);
  expect(JSON.parse(stringData['users.json'] ?? '')).toEqual({
    accessAccounts: {
      [login.user]: expect.objectContaining({ secret: login['user-secret'], role: 'user' }),
      [login.next]: expect.objectContaining({ secret: login['next-secret'], role: 'user' }),
    },
  });
});

test('stores that share a namespace have names of their own in all they consist of', async () => {
  const [, ...objects] = await manifests.nfs(shared);
  expect(objects.map(({ metadata }) => [metadata.namespace, metadata.name])).toEqual(
    objects.map(() => [shared.namespace, shared.name]),
  );
  // Neither the service nor the deployment takes another's pod for its own.
  const [config, server, service] = objects;
  const label = { 'corral.test/store': shared.name };
  expect([server.spec.selector.matchLabels, service.spec.selector]).toEqual([label, label]);
  expect(server.spec.template.metadata.labels).toMatchObject(label);
  expect(JSON.stringify(server)).toContain(`"configMap":{"name":"${config.metadata.name}"}`);
});

const mount = '/var/lib/longhorn-backupstore-mounts/backupstore_corral-abc123-store-1/backups';

test("the URL of a place leads back to it, and others are none of the suite's", () => {
  for (const { storeUrl, placeOfUrl } of [nfs, cifs, s3])
    for (const where of [place, shared]) expect(placeOfUrl(storeUrl(where))).toEqual(where);
  expect([place, shared].map(nfs.storeUrl)).toEqual([
    'nfs://backupstore.corral-abc123-store-1:/opt/backupstore',
    'nfs://corral-ab-store-1.stores:/opt/backupstore',
  ]);
  expect(cifs.storeMount(place)).toBe(mount);
  expect(nfs.placeOfUrl('nfs://longhorn-test-nfs.default:/opt/backupstore')).toBeUndefined();
  for (const url of ['cifs://nas.example/backups', 'cifs://backupstore.corral-abc123-store-1/other'])
    expect(cifs.placeOfUrl(url)).toBeUndefined();
  for (const where of ['us-east-1/somebody', 'eu-west-1/corral-abc123-store-1'])
    expect(s3.placeOfUrl(`s3://backups@${where}/backupstore/`)).toBeUndefined();
  expect(s3.placeOfUrl('s3://others@us-east-1/corral-abc123-store-1/backupstore/')).toBeUndefined();
});
