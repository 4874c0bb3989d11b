import { X509Certificate } from 'node:crypto';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { placeOfUrl, storeUrl } from '../../../../e2e/store/drivers/s3/place.ts';
import { makeLogin, storeManifest } from '../../../../e2e/store/drivers/s3/server.ts';

const place = { namespace: 'corral-abc123-store-1' };

test("the URL of a place leads back to it, and others are none of the suite's", () => {
  for (const where of [place, { namespace: 'stores', name: 'corral-abc123-store-2' }])
    expect(placeOfUrl(storeUrl(where))).toEqual(where);
  const others = [
    's3://backups@us-east-1/somebody/backupstore/',
    's3://backups@eu-west-1/corral-abc123-store-1/backupstore/',
    's3://others@us-east-1/corral-abc123-store-1/backupstore/',
  ];
  expect(others.filter((url) => placeOfUrl(url) !== undefined)).toEqual([]);
});

test('the server has a certificate of its own, a user beside its root and one who may take the place of that, and says where its program is missing', async () => {
  const login = await makeLogin(place);
  const objects = await storeManifest({ ...place, run: 'abc123', image: 'store:1' }, login);
  const [namespace, secret, deployment] = objects as [
    object,
    { stringData: Record<string, string> },
    { spec: { template: { spec: { containers: { command: string[] }[] } } } },
  ];
  expect(namespace).toMatchObject({ kind: 'Namespace', metadata: { name: place.namespace } });
  const { 'tls.crt': certificate = '', 'users.json': users = '' } = secret.stringData;
  const { subjectAltName, ca, validFromDate } = new X509Certificate(certificate);
  const name = 'DNS:backupstore.corral-abc123-store-1';
  expect([subjectAltName, ca]).toEqual([`${name}, ${name}.svc`, true]);
  expect(validFromDate.getTime()).toBeLessThan(Date.now() - 3_600_000);
  expect(JSON.parse(users)).toEqual({
    accessAccounts: {
      [login.user]: expect.objectContaining({ secret: login['user-secret'], role: 'user' }),
      [login.next]: expect.objectContaining({ secret: login['next-secret'], role: 'user' }),
    },
  });
  const [bash = '', ...script] = deployment.spec.template.spec.containers[0]?.command ?? [];
  const run = await execa(`/bin/${bash}`, script, {
    env: { PATH: '/nowhere' },
    extendEnv: false,
    reject: false,
  });
  expect(run.exitCode).toBe(78);
  expect(run.stdout).toMatch(/^the image has no S3 server \(versitygw\): name one .*$/);
});

test.each([
  [[], 'https', 'yes', 'no'],
  [['replaceKey'], 'http', 'no', 'no'],
  [['keepVersions'], 'https', 'yes', 'yes'],
] as const)(
  'the server of a store that needs %j is asked over %s',
  async (needs, protocol, TLS, VERSIONS) => {
    const of = { ...place, run: 'abc123', image: 'store:1', needs };
    const objects = JSON.stringify(await storeManifest(of, await makeLogin(of)));
    expect(objects).toContain(`"endpoint":"${protocol}://backupstore.corral-abc123-store-1:7070"`);
    for (const [name, value] of Object.entries({ TLS, VERSIONS }))
      expect(objects).toContain(JSON.stringify({ name, value }));
  },
);
