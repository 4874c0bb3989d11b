import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { placeOfUrl, storeUrl } from '../../../../e2e/store/drivers/s3/place.ts';
import { makeLogin, storeManifest } from '../../../../e2e/store/drivers/s3/server.ts';

const place = { namespace: 'corral-abc123-store-1' };

test.each([place, { namespace: 'stores', name: 'corral-abc123-store-2' }])(
  'the URL of %j leads back to it',
  (where) => expect(placeOfUrl(storeUrl(where))).toEqual(where),
);

test.each([
  's3://backups@us-east-1/somebody/backupstore/',
  's3://backups@eu-west-1/corral-abc123-store-1/backupstore/',
  's3://others@us-east-1/corral-abc123-store-1/backupstore/',
])("%s is none of the suite's", (url) => expect(placeOfUrl(url)).toBeUndefined());

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
  expect({ subjectAltName, ca }).toEqual({
    subjectAltName: 'DNS:backupstore.corral-abc123-store-1, DNS:backupstore.corral-abc123-store-1.svc',
    ca: true,
  });
  expect(validFromDate.getTime()).toBeLessThan(Date.now() - 3_600_000);
  expect(JSON.parse(users)).toEqual({
    accessAccounts: {
      [login.user]: expect.objectContaining({ secret: login['user-secret'], role: 'user' }),
      [login.next]: expect.objectContaining({ secret: login['next-secret'], role: 'user' }),
    },
  });
  const [bash = '', ...script] = deployment.spec.template.spec.containers[0]?.command ?? [];
  await expect(
    promisify(execFile)(`/bin/${bash}`, script, { env: { PATH: '/nowhere' } }),
  ).rejects.toMatchObject({
    code: 78,
    stdout: expect.stringMatching(/^the image has no S3 server \(versitygw\): name one .*\n$/),
  });
});

test.each([
  [[], 'https', 'yes'],
  [['replaceKey'], 'http', 'no'],
] as const)('the server of a store that needs %j is asked over %s', async (needs, protocol, TLS) => {
  const of = { ...place, run: 'abc123', image: 'store:1', needs };
  const objects = JSON.stringify(await storeManifest(of, await makeLogin(of)));
  expect(objects).toContain(`"endpoint":"${protocol}://backupstore.corral-abc123-store-1:7070"`);
  expect(objects).toContain(`{"name":"TLS","value":"${TLS}"}`);
});
