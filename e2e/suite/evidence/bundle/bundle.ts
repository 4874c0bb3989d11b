import { createWriteStream } from 'node:fs';
import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { redact, redactAll } from '../../../kube/redact/redact.ts';
import type { Report } from '../../../report/schema.ts';
import { newestLines } from '../collect/evidence-file.ts';
import { composeReadme } from './readme.ts';

/** The maximum size of a bundle in bytes. Issue trackers accept attachments of this size. */
const mostBytes = 20 << 20;

type Packed = { name: string; bytes: Buffer };

/** Longhorn makes this file. It may be larger than all other files together, and it cannot be shortened. */
const whole = 'support-bundle.zip';

/**
 * Packs the folder of a scenario's evidence, a README, and the report about the scenario into FOLDER.tar.gz. Returns
 * the path. Longhorn's support bundle is included if it fits; otherwise the README names its path.
 */
export const packBundle = async (
  folder: string,
  { report, name, most = mostBytes }: { report: Report; name: string; most?: number },
): Promise<string> => {
  const path = `${folder}.tar.gz`;
  const names = await namesOf(folder);
  const files = await readAll(folder, names, (each) => each !== whole);
  const within = basename(folder);
  const added = (beside?: string): Packed[] => {
    const listed = beside === undefined ? names : names.filter((each) => each !== whole);
    return [
      {
        name: 'README.txt',
        bytes: Buffer.from(redact(composeReadme({ report, name, files: listed, beside }))),
      },
      { name: 'report.json', bytes: Buffer.from(`${JSON.stringify(redactAll(report), null, 2)}\n`) },
    ];
  };
  const isThere = names.includes(whole);
  if (isThere && (await stat(join(folder, whole))).size < most) {
    await writeTar(path, {
      files: [...added(), ...files, ...(await readAll(folder, names, (each) => each === whole))],
      within,
    });
    if ((await stat(path)).size <= most) return path;
  }
  const first = added(isThere ? `${within}/${whole}` : undefined);
  // The oldest lines of the logs are cut first. The newest lines show the failure, and the history must stay complete
  // so that it can be judged again.
  for (let longest = Number.POSITIVE_INFINITY; ; longest = halfOfLongest(files)) {
    const cut = files.map((file) =>
      isLog(file) && file.bytes.length > longest ? cutTo(file, longest) : file,
    );
    files.splice(0, files.length, ...cut);
    await writeTar(path, { files: [...first, ...files], within });
    if ((await stat(path)).size <= most || halfOfLongest(files) < 1024) return path;
  }
};

const namesOf = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return paths.sort().map((path) => relative(folder, path));
};

const readAll = (
  folder: string,
  names: readonly string[],
  isMeant: (name: string) => boolean,
): Promise<Packed[]> =>
  Promise.all(
    names.filter(isMeant).map(async (name) => ({ name, bytes: await readFile(join(folder, name)) })),
  );

const isLog = ({ name }: Packed): boolean => name.startsWith('logs/');

const halfOfLongest = (files: readonly Packed[]): number =>
  Math.max(0, ...files.filter(isLog).map(({ bytes }) => bytes.length)) / 2;

const cutTo = ({ name, bytes }: Packed, longest: number): Packed => ({
  name,
  bytes: Buffer.from(newestLines(bytes.toString(), longest)),
});

// Writes to a temporary name first, so that the archive is never seen half written.
const writeTar = async (
  path: string,
  { files, within }: { files: readonly Packed[]; within: string },
): Promise<void> => {
  const archive = pack();
  for (const { name, bytes } of files) archive.entry({ name: `${within}/${name}`, mode: 0o644 }, bytes);
  archive.finalize();
  await pipeline(archive, createGzip(), createWriteStream(`${path}.part`));
  await rename(`${path}.part`, path);
};
