import { execFile, spawn } from 'node:child_process';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';

/** Names of the files in a replica's folder, as in Longhorn. */
export const headPath = (directory: string): string => `${directory}/volume-head-000.img`;
export const snapshotPath = (directory: string, snapshot: string): string =>
  `${directory}/volume-snap-${snapshot}.img`;

/** Creates the folder and a sparse head of a size in bytes, unless they exist. Returns the head's path. */
export const ensureHead = async (directory: string, size: number): Promise<string> => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = await open(headPath(directory), 'a');
  try {
    await file.truncate(size);
  } finally {
    await file.close();
  }
  return headPath(directory);
};

/** Size of the head in bytes, 0 if there is none. */
export const headSize = async (directory: string): Promise<number> =>
  (await stat(headPath(directory)).catch(() => undefined))?.size ?? 0;

/** Bytes that a file uses on the disk, 0 if it does not exist. */
export const allocatedSize = async (file: string): Promise<number> => {
  const found = await stat(file).catch(() => undefined);
  return found ? found.blocks * 512 : 0;
};

/**
 * Copies the head into a snapshot's file. Longhorn turns the head itself into the snapshot and starts an
 * empty head, which takes no time and is consistent. A copy is so only if nothing is written meanwhile.
 * The file gets its name only when it is complete.
 */
export const copySnapshot = async (directory: string, snapshot: string): Promise<void> => {
  const target = snapshotPath(directory, snapshot);
  await promisify(execFile)('cp', ['--reflink=auto', '--sparse=auto', headPath(directory), `${target}.tmp`]);
  await rename(`${target}.tmp`, target);
};

/** Marks the ext4 file system in a snapshot as in use, which it is unless it is frozen. Does nothing if there is none. */
export const markAsInUse = async (directory: string, snapshot: string): Promise<void> => {
  await promisify(execFile)('debugfs', [
    ...['-w', '-R', 'feature needs_recovery', snapshotPath(directory, snapshot)],
  ]);
};

const metadataOfHead = /^volume-head-(\d{3})\.img\.meta$/;

/**
 * Writes the metadata of the head that a snapshot leaves to a replica, under a new name, and removes those of the head
 * before. As in Longhorn, the file is written and renamed, and not synced (replica.go, encodeToFile); `sync` does that.
 */
export const writeHeadMetadata = async (
  directory: string,
  { parent, created, sync }: { parent: string; created: string; sync: boolean },
): Promise<void> => {
  const before = (await readdir(directory)).filter((name) => metadataOfHead.test(name)).sort();
  const number = Number(metadataOfHead.exec(before.at(-1) ?? '')?.[1] ?? 0) + 1;
  const head = `volume-head-${String(number).padStart(3, '0')}.img`;
  const target = `${directory}/${head}.meta`;
  const file = await open(`${target}.tmp`, 'w');
  try {
    await file.writeFile(
      `${JSON.stringify({ Name: head, Parent: `volume-snap-${parent}.img`, Removed: false, UserCreated: false, Created: created, Labels: null })}\n`,
    );
    if (sync) await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${target}.tmp`, target);
  for (const name of before) await rm(`${directory}/${name}`, { force: true });
};

/** Removes metadata of a head that a loss of power has left empty. A replica with such a file cannot be opened. */
export const removeEmptyMetadata = async (directory: string): Promise<void> => {
  for (const name of await readdir(directory).catch(() => []))
    if (metadataOfHead.test(name) && (await stat(`${directory}/${name}`)).size === 0)
      await rm(`${directory}/${name}`, { force: true });
};

/** Replaces a head by a copy of another one, or of a snapshot. */
export const copyHead = async (from: string, to: string): Promise<void> => {
  await promisify(execFile)('cp', ['--sparse=always', from, `${to}.tmp`]);
  await rename(`${to}.tmp`, to);
};

/** Replaces the head by the data of a snapshot. Longhorn starts an empty head on top of it instead. */
export const revertHead = async (directory: string, snapshot: string): Promise<void> => {
  await copyHead(snapshotPath(directory, snapshot), headPath(directory));
};

/** Whether two files of one size have the same data. False if one does not exist. */
export const isSameData = async (one: string, other: string): Promise<boolean> => {
  const files = await Promise.all([one, other].map((path) => open(path).catch(() => undefined)));
  try {
    const [first, second] = files;
    if (first === undefined || second === undefined) return false;
    const [ours, theirs] = [Buffer.alloc(1024 * 1024), Buffer.alloc(1024 * 1024)];
    for (;;) {
      const { bytesRead } = await first.read(ours, 0, ours.length);
      await second.read(theirs, 0, theirs.length);
      if (!ours.subarray(0, bytesRead).equals(theirs.subarray(0, bytesRead))) return false;
      if (bytesRead < ours.length) return true;
    }
  } finally {
    for (const file of files) await file?.close();
  }
};

/** Removes a snapshot's file if it exists. */
export const removeSnapshot = (directory: string, snapshot: string): Promise<void> =>
  rm(snapshotPath(directory, snapshot), { force: true });

/** Removes a replica's folder with its content. */
export const removeReplica = (directory: string): Promise<void> =>
  rm(directory, { recursive: true, force: true });

const tar = async (args: string[], pipe: (child: { stdin: Writable; stdout: Readable }) => Promise<void>) => {
  const child = spawn('tar', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  child.on('error', reject);
  child.on('close', (code) =>
    code === 0 ? resolve() : reject(new Error(`tar ended with exit status ${code}`)),
  );
  await Promise.all([promise, pipe(child)]);
};

/** Writes a replica's folder as an archive, without the holes of its files. */
export const packReplica = (directory: string, to: Writable): Promise<void> =>
  tar(['-C', directory, '-cSf', '-', '.'], ({ stdout }) => pipeline(stdout, to));

/** Makes a replica's folder from its archive. It gets its name only when it is complete. */
export const unpackReplica = async (directory: string, from: Readable): Promise<void> => {
  const incomplete = `${directory}.incomplete`;
  for (const folder of [incomplete, directory]) await removeReplica(folder);
  await mkdir(incomplete, { recursive: true, mode: 0o700 });
  await tar(['-C', incomplete, '-xSf', '-'], ({ stdin }) => pipeline(from, stdin));
  await rename(incomplete, directory);
};
