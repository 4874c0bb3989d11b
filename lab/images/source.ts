import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NotFit } from '../../e2e/machine/not-fit.ts';

/**
 * Where images lie: an archive, a tar of several of them, or a folder that one was unpacked to; each is read
 * in one pass.
 */
export type Source = { path: string; kind: 'archive' | 'bundle' | 'folder' };

/** What the name of an archive ends with; those that are not read are said to be so, not passed over. */
export const archiveName = /\.(tar|tar\.gz|tgz|tar\.zst|tzst|tar\.xz|tar\.bz2)$/;
const layoutFiles = new Set(['oci-layout', 'index.json', 'manifest.json']);

const isLayout = async (folder: string): Promise<boolean> =>
  (await readdir(folder)).some((name) => layoutFiles.has(name));

const inFolder = async (folder: string): Promise<Source[]> => {
  if (await isLayout(folder)) return [{ path: folder, kind: 'folder' }];
  const sources: Source[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    const isFolder = (await stat(path)).isDirectory();
    if (isFolder && (await isLayout(path))) sources.push({ path, kind: 'folder' });
    if (!isFolder && archiveName.test(name)) sources.push({ path, kind: 'archive' });
  }
  if (sources.length === 0)
    throw new NotFit({
      code: 'archive-missing',
      where: folder,
      what: 'no image archive is in it (*.tar, *.tar.gz, *.tgz, *.tar.zst), nor an unpacked OCI layout',
    });
  return sources;
};

/**
 * Finds the archives and layouts that a path stands for: itself, or what lies in it. Throws NotFit when there
 * is none.
 */
export const findSources = async (path: string): Promise<Source[]> => {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new NotFit({
      code: 'archive-unreadable',
      where: path,
      what: error.code === 'ENOENT' ? 'there is no such file or folder' : error.message,
    });
  });
  if (found.isDirectory()) return inFolder(path);
  if (!found.isFile())
    throw new NotFit({ code: 'archive-not-a-file', where: path, what: 'it is neither a file nor a folder' });
  return [{ path, kind: 'archive' }];
};

/** The paths of a source's files, sorted: an archive is one, a folder's are relative to it. */
export const filesOf = async ({ path, kind }: Source): Promise<string[]> => {
  if (kind !== 'folder') return [path];
  const names = await readdir(path, { recursive: true });
  const kinds = await Promise.all(names.map(async (name) => (await stat(join(path, name))).isFile()));
  return names.filter((_, position) => kinds[position]).sort();
};
