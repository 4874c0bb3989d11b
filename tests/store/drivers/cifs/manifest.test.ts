import { execa } from 'execa';
import { expect, test } from 'vitest';
import type { Ability } from '../../../../e2e/store/driver.ts';
import { placeOfUrl, storeMount, storeUrl } from '../../../../e2e/store/drivers/cifs/place.ts';
import { storeManifest } from '../../../../e2e/store/drivers/cifs/server.ts';

const place = { namespace: 'corral-abc123-store-1' };
const manifest = async (needs: Ability[] = []) =>
  storeManifest({ ...place, run: '123456', image: 'store:1', needs }, 'secret');

test('everything carries the label of its run; the server says where its program is missing', async () => {
  const objects = await manifest();
  const labels = objects.map(({ metadata }) => metadata.labels?.['corral.test/run']);
  expect(labels).toEqual(['123456', '123456', '123456', '123456']);
  const deployment = objects[2] as unknown as {
    spec: { template: { spec: { containers: [{ command: [string, ...string[]] }] } } };
  };
  const [bash, ...script] = deployment.spec.template.spec.containers[0].command;
  const run = await execa(`/bin/${bash}`, script, {
    env: { PATH: '/nowhere' },
    extendEnv: false,
    reject: false,
  });
  expect(run.exitCode).toBe(78);
  expect(run.stdout).toMatch(/^the image has no Samba \(smbd\): name one .*$/);
});

const onDisk = { medium: '', sizeLimit: null };
test.each<[Ability[], object]>([
  [['denyReading'], onDisk],
  [['littleSpace'], { medium: 'Memory', sizeLimit: '67108864' }],
])('the files of a store that needs %j are on %j', async (needs, emptyDir) => {
  expect(JSON.stringify(await manifest(needs))).toContain(JSON.stringify({ name: 'data', emptyDir }));
});

test('the place of a store is in its URL, and where Longhorn mounts it', () => {
  for (const where of [place, { namespace: 'stores', name: 'corral-ab-store-1' }])
    expect(placeOfUrl(storeUrl(where))).toEqual(where);
  expect(placeOfUrl('cifs://nas.example/backups')).toBeUndefined();
  expect(placeOfUrl('cifs://backupstore.corral-abc123-store-1/other')).toBeUndefined();
  expect(storeMount(place)).toBe(
    '/var/lib/longhorn-backupstore-mounts/backupstore_corral-abc123-store-1/backups',
  );
});
