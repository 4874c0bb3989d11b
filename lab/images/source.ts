import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';

/** A source of images: an archive, or a folder with an unpacked one. */
export type ImageSource = { path: string; kind: 'archive' | 'folder' };

/** The file extensions of archives. */
export const archiveName = /\.(tar|tar\.gz|tgz|tar\.zst|tzst|tar\.xz|tar\.bz2)$/;
const layoutFiles = new Set(['oci-layout', 'index.json', 'manifest.json']);

const isLayout = async (folder: string): Promise<boolean> =>
  (await readdir(folder)).some((name) => layoutFiles.has(name));

const inFolder = async (folder: string): Promise<ImageSource[]> => {
  if (await isLayout(folder)) return [{ path: folder, kind: 'folder' }];
  const sources: ImageSource[] = [];
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    const isFolder = (await stat(path)).isDirectory();
    if (isFolder && (await isLayout(path))) sources.push({ path, kind: 'folder' });
    if (!isFolder && archiveName.test(name)) sources.push({ path, kind: 'archive' });
  }
  if (sources.length === 0)
    throw new PreconditionError({
      code: 'archive-missing',
      where: folder,
      what: 'no image archive is in it (*.tar, *.tar.gz, *.tgz, *.tar.zst), nor an unpacked OCI layout',
    });
  return sources;
};

/**
 * Finds the archives and layouts at a path: the path itself, or the entries in it. Throws PreconditionError if there is
 * none.
 */
export const findSources = async (path: string): Promise<ImageSource[]> => {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new PreconditionError({
      code: 'archive-unreadable',
      where: path,
      what: error.code === 'ENOENT' ? 'there is no such file or folder' : error.message,
    });
  });
  if (found.isDirectory()) return inFolder(path);
  if (!found.isFile())
    throw new PreconditionError({
      code: 'archive-not-a-file',
      where: path,
      what: 'it is neither a file nor a folder',
    });
  return [{ path, kind: 'archive' }];
};

/** The paths of a source's files, sorted. */
const filesOf = async ({ kind }: ImageSource, root: string): Promise<string[]> => {
  if (kind === 'archive') return [root];
  const paths = (await readdir(root, { recursive: true })).map((name) => join(root, name));
  const kinds = await Promise.all(paths.map(async (path) => (await stat(path)).isFile()));
  return paths.filter((_, position) => kinds[position]).sort();
};

/**
 * Values that change with a file's content. A program can set a file's times, except the time of the inode
 * change (ctime).
 */
export const fileIdentity = async (source: ImageSource): Promise<unknown> => {
  const files = await filesOf(source, await realpath(source.path));
  const identify = async (file: string) => {
    const { size, mtimeNs, ctimeNs, ino, dev } = await stat(file, { bigint: true });
    return [file, size, mtimeNs, ctimeNs, ino, dev].map(String);
  };
  return Promise.all(files.map(identify));
};
