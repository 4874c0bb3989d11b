import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeArchive, writeLayer } from '../../../lab/images/oci.ts';
import { lookThrough } from '../../../providers/longhorn/folder.ts';
import { namedImages } from '../../../providers/longhorn/images.ts';
import { readObjects } from '../../../providers/longhorn/manifest.ts';
import { archiveTarget } from '../../../providers/longhorn/target.ts';
import { plainProgress } from '../../../providers/progress.ts';
import { releaseText } from '../../support/longhorn-release.ts';

let dir: string;
let layer: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corral-release-'));
  layer = join(dir, 'layer');
  await mkdir(join(dir, 'tree'));
  await writeLayer(join(dir, 'tree'), layer);
});
afterAll(() => rm(dir, { recursive: true }));

const text = releaseText('v1.8.2');
const names = namedImages(readObjects([{ source: '', text }])).map(({ name }) => name);

const archive = (path: string, images: readonly string[]) =>
  writeArchive(
    images.map((name) => ({ name, layers: [layer] })),
    path,
  );

const folder = async (name: string, fill: (path: string) => Promise<unknown>): Promise<string> => {
  const path = join(dir, name);
  await mkdir(path);
  await fill(path);
  return path;
};

const bring = async (path: string) => {
  const lines: string[] = [];
  const progress = plainProgress((line) => lines.push(line));
  const outcome = await archiveTarget(path, { registryMirror: undefined, portable: false, progress }).catch(
    (error: Error) => error,
  );
  return { outcome, lines: lines.filter((line) => !line.startsWith('Look through')) };
};

test('manifests come by name, archives from the folder and those in it', async () => {
  const path = await folder('all', async (path) => {
    for (const name of ['b.yml', 'a.yaml', '.hidden.yaml', 'notes.txt'])
      await writeFile(join(path, name), '');
    for (const name of ['layout', 'more', '.git', 'docs']) await mkdir(join(path, name));
    for (const name of ['one.tar', 'more/two.tar.gz', '.git/three.tar', 'layout/index.json', 'docs/read.me'])
      await writeFile(join(path, name), '');
  });
  const inFolder = (names: string[]) => names.map((name) => join(path, name));
  expect(await lookThrough(path, { hasMirror: false })).toEqual({
    manifests: inFolder(['a.yaml', 'b.yml']),
    archives: inFolder(['layout', 'more/two.tar.gz', 'one.tar']),
  });
});

test('a manifest without Longhorn', async () => {
  const path = await folder('other', async (path) => {
    await writeFile(
      join(path, 'longhorn.yaml'),
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: longhorn-system}\n',
    );
    await archive(join(path, 'images.tar'), ['a:v1']);
  });
  const { outcome } = await bring(path);
  expect(outcome).toMatchObject({
    name: 'NotFit',
    message: `no manifest in ${path} has the DaemonSet longhorn-manager: put the release's longhorn.yaml into it`,
  });
});

test('images without which nothing works are named, all of them', async () => {
  const path = await folder('essential', async (path) => {
    await writeFile(join(path, 'longhorn.yaml'), text);
    await archive(
      join(path, 'images.tar'),
      names.filter((name) => !/engine|share/.test(name)),
    );
  });
  const { outcome } = await bring(path);
  expect(outcome).toMatchObject({ name: 'NotFit' });
  expect((outcome as Error).message.replace(path, 'DIR')).toMatchInlineSnapshot(
    `"DIR lacks 2 images that the manifest names: docker.io/longhornio/longhorn-engine:v1.8.2 (DaemonSet longhorn-manager, --engine-image); docker.io/longhornio/longhorn-share-manager:v1.8.2 (DaemonSet longhorn-manager, --share-manager-image): add their archives"`,
  );
});

test('what is lost without the others is told, and not started', async () => {
  const path = await folder('rest', async (path) => {
    await writeFile(join(path, 'longhorn.yaml'), text);
    await archive(
      join(path, 'images.tar'),
      names.filter((name) => !/csi-attacher|ui|support-bundle/.test(name)),
    );
  });
  const { outcome, lines } = await bring(path);
  expect(outcome).toMatchObject({ name: 'archive', size: { nodes: 3, memory: '2560M', disk: '12G' } });
  expect(lines.filter((line) => /archives|lack/.test(line))).toMatchInlineSnapshot(`
    [
      "docker.io/longhornio/csi-attacher:v4.12.0 (Deployment longhorn-driver-deployer, CSI_ATTACHER_IMAGE) is not among the archives: the CSI driver is not started, nor waited for",
      "docker.io/longhornio/longhorn-ui:v1.8.2 (Deployment longhorn-ui, container longhorn-ui) is not among the archives: the UI is not started",
      "docker.io/longhornio/support-bundle-kit:v0.0.92 (DaemonSet longhorn-manager, --support-bundle-manager-image) is not among the archives: what needs it does not start",
      "Fitted to the cluster: replicas of Deployment longhorn-driver-deployer: 1 -> 0 (the nodes lack its images)",
      "Fitted to the cluster: replicas of Deployment longhorn-ui: 2 -> 0 (the nodes lack its image)",
    ]
  `);
});
