import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeArchive, writeLayer } from '../../../lab/images/oci.ts';
import { namedImages } from '../../../providers/longhorn/images.ts';
import { readObjects } from '../../../providers/longhorn/manifest.ts';
import { replaceImages } from '../../../providers/longhorn/replace-images.ts';
import { archiveTarget } from '../../../providers/longhorn/target.ts';
import { plainProgress } from '../../../providers/progress.ts';
import { releaseText } from '../../support/longhorn-release.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import '../../support/image-tools.ts';

const text = releaseText('v1.8.2');
const release = readObjects([{ source: '', text }]);
const namesOf = (objects: Parameters<typeof namedImages>[0]) => namedImages(objects).map(({ name }) => name);

const archived = async (...names: string[]): Promise<string> => {
  const dir = await temporaryFolder();
  const layer = join(dir, 'layer');
  await writeLayer(await temporaryFolder(), layer);
  const path = join(dir, 'images.tar');
  const images = names.map((name) => ({ name, layers: [layer] }));
  await writeArchive(images, path);
  return path;
};

test('an image is another one wherever the release names it: in containers, flags and variables', async () => {
  const given = [
    { image: 'longhorn-manager', by: 'example.test/me/manager:dev' },
    { image: 'csi-attacher', by: 'me/attacher' },
  ];
  const { release: fitted, archives, replaced } = await replaceImages(release, given);
  expect(archives).toEqual([]);
  expect(replaced).toEqual([
    { from: 'docker.io/longhornio/longhorn-manager:v1.8.2', to: 'example.test/me/manager:dev' },
    { from: 'docker.io/longhornio/csi-attacher:v4.12.0', to: 'docker.io/me/attacher:latest' },
  ]);
  const others = namesOf(release).map((name) => replaced.find(({ from }) => from === name)?.to ?? name);
  expect(namesOf(fitted).toSorted()).toEqual(others.toSorted());
  const whole = JSON.stringify(fitted);
  expect(whole).not.toContain('longhornio/longhorn-manager:v1.8.2');
  expect(whole.match(/example\.test\/me\/manager:dev/g)?.length).toBe(
    JSON.stringify(release).match(/longhornio\/longhorn-manager:v1\.8\.2/g)?.length,
  );
});

test('one from an archive has the name that it has there, and the report its digest', async () => {
  const all = namesOf(release);
  const dir = await temporaryFolder();
  await writeFile(join(dir, 'longhorn.yaml'), text);
  const own = await archived(...all.filter((name) => !name.includes('longhorn-manager')));
  await writeFile(join(dir, 'own.tar'), await readFile(own));
  const lines: string[] = [];
  const target = await archiveTarget(dir, {
    registryMirror: undefined,
    images: [{ image: 'longhorn-manager', by: await archived('example.test/me/manager:dev') }],
    progress: plainProgress((line) => lines.push(line)),
  });
  const [from, to] = ['docker.io/longhornio/longhorn-manager:v1.8.2', 'example.test/me/manager:dev'];
  const [{ digest } = {}, ...more] = target.replaced ?? [];
  expect(target.replaced).toEqual([{ from, to, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) }]);
  expect([lines.filter((line) => line.startsWith('Replaced')), more]).toEqual([
    [`Replaced: ${from} by ${to} (${digest})`],
    [],
  ]);
});

test('an archive with several is asked for the one of that name; one that nobody has is reported', async () => {
  const by = await archived('example.test/a/longhorn-ui:1', 'example.test/b/longhorn-manager:2');
  const { replaced, archives } = await replaceImages(release, [{ image: 'longhorn-manager', by }]);
  expect(replaced.map(({ to }) => to)).toEqual(['example.test/b/longhorn-manager:2']);
  expect(archives).toEqual([by]);
  await expect(replaceImages(release, [{ image: 'longhorn-engine', by }])).rejects.toThrow(
    `--image longhorn-engine=${by} has example.test/a/longhorn-ui:1, example.test/b/longhorn-manager:2: give an archive with one image, or one that is called longhorn-engine`,
  );
  await expect(replaceImages(release, [{ image: 'longhorn-manger', by: 'a/b' }])).rejects.toThrow(
    /^--image longhorn-manger=a\/b: the release has no image of that name: give one of .*\blonghorn-manager, /,
  );
});
