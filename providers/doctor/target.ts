import { listArchives } from '../../lab/images/archives.ts';
import { readManifests } from '../../lab/manifests/read.ts';
import { readReleaseFolder } from '../longhorn/folder.ts';
import { namedImages } from '../longhorn/images.ts';
import { type ReleaseObject, readObjects, requireManager } from '../longhorn/manifest.ts';
import { fetchRelease } from '../longhorn/official.ts';
import { type Check, missingCheck, okCheck, runCheck, warningCheck } from './check.ts';

/** Checks the Longhorn to install: whether a release's manifest and images are available. */
export const examineTarget = async (
  longhorn: string,
  registryMirror: string | undefined,
): Promise<Check[]> => {
  const [, form, of = ''] = /^(archive|official):(.*)$/s.exec(longhorn) ?? [];
  if (form === 'archive') return examineArchive(of, registryMirror);
  if (form === 'official') return [await examineOfficial(of)];
  return longhorn === 'emulator' ? [okCheck('Longhorn', 'the emulator, which Corral brings along')] : [];
};

const examineOfficial = (version: string): Promise<Check> =>
  runCheck('Longhorn', async () => {
    const manifest = await fetchRelease(version);
    const release = readObjects([manifest]);
    requireManager(release, manifest.source);
    const { length } = namedImages(release);
    return `${manifest.source} can be fetched; the ${length} images that it names are pulled in the run`;
  });

const examineArchive = async (dir: string, registryMirror: string | undefined): Promise<Check[]> => {
  const images: Check[] = [];
  const manifest = await runCheck('Longhorn', async () => {
    const { manifests, archives } = await readReleaseFolder(dir, { hasMirror: registryMirror !== undefined });
    const release = readObjects(await readManifests(manifests));
    requireManager(release, dir);
    images.push(...(await examineImages({ dir, release, archives, registryMirror })));
    return `the manifest in ${dir}`;
  });
  return [manifest, ...images];
};

type Release = {
  dir: string;
  release: ReleaseObject[];
  archives: string[];
  registryMirror: string | undefined;
};

const examineImages = async ({ dir, release, archives, registryMirror }: Release): Promise<Check[]> => {
  const named = namedImages(release);
  const given = new Set((await listArchives(archives)).map(({ name }) => name));
  const absent = named.filter(({ name }) => !given.has(name));
  const there = okCheck(
    'images',
    `${named.length - absent.length} of the ${named.length} that the manifest names are in ${dir}`,
  );
  const checks = absent.map(({ name, namedBy, need }) => {
    const what = `${name} (${namedBy}) is not among the archives`;
    if (registryMirror !== undefined)
      return okCheck('image', `${what}: it is pulled from ${registryMirror} in the run`);
    return need === 'all'
      ? missingCheck('image', { what, remedy: 'add its archive, or name a mirror by --registry-mirror' })
      : warningCheck('image', what);
  });
  return [there, ...checks];
};
