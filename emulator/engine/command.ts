import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open as openFile, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createBackup } from '../backupstore/create.ts';
import { Panic, StoreError } from '../backupstore/errors.ts';
import { openFolderStore } from '../backupstore/folder-store.ts';
import { inspectBackup, inspectVolume, listStoreVolumes } from '../backupstore/inspect.ts';
import { removeBackup, removeVolumeFromStore } from '../backupstore/remove.ts';
import { restoreBackup } from '../backupstore/restore.ts';
import { openS3Store } from '../backupstore/s3-store.ts';
import type { Store } from '../backupstore/store.ts';
import {
  decodeSystemBackupURL,
  listSystemBackups,
  readSystemArchive,
  readSystemBackup,
  removeSystemBackup,
  uploadSystemBackup,
} from '../backupstore/system-backup.ts';
import { readBlock } from '../backupstore/upload-blocks.ts';
import { decodeBackupURL } from '../backupstore/url.ts';
import type { Behaviour } from '../environment.ts';
import { createLog } from '../log.ts';
import { referenceVersion } from '../modelled-on.ts';
import type { Mounts } from './mount.ts';
import { headPath, snapshotPath } from './replica-files.ts';
import { replicaEndedExitCode, type UploadRequest } from './upload.ts';

type Streams = {
  out: (text: string) => void;
  err: (text: string) => void;
  /** Waits until the parent process releases the command. Returns false if it never will. */
  untilReleased: () => Promise<boolean>;
};

export type Command = Behaviour & {
  mounts: Mounts;
  /** The variables with the credentials of a bucket or a share. */
  environment: NodeJS.ProcessEnv;
} & Streams;

const print = ({ out }: Streams, value: unknown): void => out(`${JSON.stringify(value, null, '\t')}\n`);

/** The local folder of a `vfs:///PATH` URL (vfs.go). Undefined for any other URL. */
const vfsFolder = (url: string): string | undefined => {
  const [, host, path] = /^vfs:\/\/([^/]*)(.*)$/.exec(url) ?? [];
  if (host) throw new StoreError('VFS path must follow: vfs:///path/ format');
  if (path === '') throw new StoreError('cannot find vfs path');
  return path;
};

const open = async (
  text: string,
  { mounts, environment, clock, mutant, err }: Command,
  whose: 'manager' | 'replica' = 'manager',
) => {
  const { url, volume, backup } = decodeBackupURL(text);
  const log = createLog(err, { pkg: 'backupstore' });
  if (url.startsWith('s3:'))
    return { store: await openS3Store({ url, environment, log, mutant }), volume, backup };
  const folder = vfsFolder(url);
  const root = folder ?? (await mounts.mount(url, { log, clock, whose, environment, mutant }));
  const store: Store = openFolderStore({ root, url, log, mutant });
  if (folder)
    await store.list('').catch(() => {
      throw new StoreError(`VFS path ${folder} doesn't exist or is not a directory`);
    });
  log.info(`Loaded driver for ${url}`);
  return { store, volume, backup };
};

const readAt = async (path: string, offset: number, block: Buffer): Promise<boolean> => {
  const file = await openFile(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    await readBlock(file, offset, block);
    return true;
  } finally {
    await file.close();
  }
};

// Longhorn merges a snapshot that is deleted with the next one, in the file that an upload may have open (pkg/sync/rpc,
// SnapshotPurge). The data of the head stand for those of the next snapshot here.
const readMerged =
  ({ directory, snapshot }: UploadRequest) =>
  async (offset: number, block: Buffer): Promise<void> => {
    // The folder goes with the volume. An upload that has the file open reads on.
    if (!existsSync(snapshotPath(directory, snapshot))) await readAt(headPath(directory), offset, block);
  };

const page = 4096;

// A head has holes, or zeros, only where data were discarded: each is a copy of the snapshot before it.
const readTrimmed = ({ directory }: UploadRequest) => {
  let head: Buffer | undefined;
  return async (offset: number, block: Buffer): Promise<void> => {
    head ??= Buffer.alloc(block.length);
    if (!(await readAt(headPath(directory), offset, head))) return;
    const zeros = Buffer.alloc(page);
    for (let at = 0; at < block.length; at += page)
      if (head.subarray(at, at + page).equals(zeros)) block.fill(0, at, at + page);
  };
};

const compareWith = ({ directory }: UploadRequest) => {
  // One for all blocks: a new one for each makes an upload grow.
  let older: Buffer | undefined;
  return async (snapshot: string, offset: number, block: Buffer): Promise<boolean> => {
    older ??= Buffer.alloc(block.length);
    return (await readAt(snapshotPath(directory, snapshot), offset, older)) && older.equals(block);
  };
};

const upload = async (text: string, request: UploadRequest, command: Command): Promise<void> => {
  const { store } = await open(text, command, 'replica');
  const event = (value: object) => command.out(`${JSON.stringify(value)}\n`);
  event({ ready: true });
  if (!(await command.untilReleased())) return;
  let last = -1;
  await createBackup({
    ...request,
    store,
    clock: command.clock,
    mutant: command.mutant,
    image:
      command.mutant === 'head-backed-up'
        ? headPath(request.directory)
        : snapshotPath(request.directory, request.snapshot),
    hasSnapshot: (name) => existsSync(snapshotPath(request.directory, name)),
    ...(!store.isFixed('reused-snapshot-name-spoils-backup') && { isUnchangedSince: compareWith(request) }),
    ...(!store.isFixed('deleted-snapshot-spoils-upload') && { readAnew: readMerged(request) }),
    ...(request.isTrimmed && { readAnew: readTrimmed(request) }),
    onStarted: () => event({ started: true }),
    onFailed: ({ message }) => event({ failed: message }),
    onProgress: (progress) => {
      if (progress > last) event({ progress });
      last = progress;
    },
  });
};

type RestoreTo = { image: string; last: string | undefined; replicas: number; atOnce: number };

/**
 * Runs the restores of all replicas. While some have ended and others have not, longhorn-manager requests the restore
 * again and again, and each request reads the configs first (`inspect`). Throws its error at once: the replicas that still
 * run end with the process, and their locks stay. Otherwise throws the error of a replica when all have ended.
 */
const restoreAll = async (
  restores: readonly Promise<void>[],
  { inspect, clock }: { inspect: () => Promise<unknown> } & Pick<Command, 'clock'>,
): Promise<void> => {
  let ended = 0;
  const count = (): void => {
    ended += 1;
  };
  const all = Promise.allSettled(restores.map((each) => each.finally(count)));
  const requestAgain = async (): Promise<void> => {
    while (ended < restores.length) {
      await sleep(clock.enginePoll, undefined, { ref: false });
      if (ended > 0 && ended < restores.length) await inspect();
    }
  };
  const results = await Promise.race([all, requestAgain().then(() => all)]);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
};

// The texts are those of the replica and its engine (longhorn-engine, pkg/sync/backup.go,
// pkg/sync/rpc/server.go and pkg/replica/client).
const restore = async (
  url: string,
  { image, last, replicas, atOnce }: RestoreTo,
  command: Command,
): Promise<void> => {
  const { store, volume, backup } = await open(url, command, 'replica');
  const inspect = () =>
    inspectBackup(store, volume, backup).catch(({ message }: Error) => {
      throw new StoreError(`failed to get the current restoring backup info: ${message}`);
    });
  try {
    await inspect();
  } catch (error) {
    if (command.mutant === 'restore-without-config-ends-well') return;
    throw error;
  }
  // If the store has lost the last backup, all is restored (canDoIncrementalRestore).
  const known =
    last &&
    (await inspectBackup(store, volume, last).then(
      () => last,
      () => undefined,
    ));
  const mode = known ? 'incremental' : 'full';
  let around = `failed to restore backup data ${url} to snapshot file volume-snap-${randomUUID()}.img: rpc error: code = Unknown desc = error starting backup restore: error initiating ${mode} backup restore`;
  const onStarted = (): void => {
    around = 'failed to wait for restore complete';
  };
  const restoreTo = (to: string | undefined): Promise<void> =>
    restoreBackup({ ...command, store, volume, backup, atOnce, image: to, last: known, onStarted }).catch(
      (error) => {
        throw error instanceof StoreError ? new StoreError(`${around}: ${error.message}`) : error;
      },
    );
  // Only one replica has an image here.
  const images = [image, ...Array.from({ length: replicas - 1 }, () => undefined)];
  const requestAgain = store.isFixed('second-request-gives-restore-up') ? async () => {} : inspect;
  await restoreAll(images.map(restoreTo), { inspect: requestAgain, clock: command.clock });
};

const backupCommand = async ([verb, ...rest]: string[], command: Command): Promise<void> => {
  const { values, positionals } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: {
      volume: { type: 'string' },
      'volume-only': { type: 'boolean' },
      request: { type: 'string' },
      to: { type: 'string' },
      last: { type: 'string' },
      replicas: { type: 'string' },
      'concurrent-limit': { type: 'string' },
      'output-file': { type: 'string' },
      'output-format': { type: 'string' },
    },
  });
  const [destination = ''] = positionals;
  if (verb === 'rm') {
    const { store, volume, backup } = await open(destination, command);
    if (values.volume) return removeVolumeFromStore({ ...command, store, volume: values.volume });
    return removeBackup({ ...command, store, volume, backup });
  }
  if (verb === 'inspect' || verb === 'inspect-volume') {
    const { store, volume, backup } = await open(destination, command);
    return print(
      command,
      await (verb === 'inspect' ? inspectBackup(store, volume, backup) : inspectVolume(store, volume)),
    );
  }
  if (verb === 'ls' || verb === 'list') {
    const { store } = await open(destination, command);
    return print(
      command,
      await listStoreVolumes(store, { volume: values.volume, volumeOnly: values['volume-only'] ?? false }),
    );
  }
  if (verb === 'unmount')
    return command.mounts.unmount(destination, { log: createLog(command.err), clock: command.clock });
  if (verb === 'create') return upload(destination, JSON.parse(values.request ?? '{}'), command);
  if (verb === 'restore' && values.to) {
    const { to: image, last, replicas = '1', 'concurrent-limit': atOnce = '1' } = values;
    const how = { replicas: Number(replicas), atOnce: Number(atOnce) };
    return restore(destination, { image, last, ...how }, command);
  }
  if (verb === 'restore-to-file' && values['output-file'] && values['output-format'] === 'raw') {
    const { store, volume, backup } = await open(destination, command);
    return restoreBackup({ ...command, store, volume, backup, image: values['output-file'], isNew: true });
  }
  throw new StoreError(`not emulated: longhorn backup ${verb ?? ''}`);
};

const systemBackupCommand = async ([verb, ...rest]: string[], command: Command): Promise<void> => {
  const { values, positionals } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: {
      'git-commit': { type: 'string' },
      'manager-image': { type: 'string' },
      'engine-image': { type: 'string' },
    },
  });
  if (verb === 'list')
    return print(command, await listSystemBackups((await open(positionals[0] ?? '', command)).store));
  // A download has the URL before the file, an upload after it.
  const urlAt = verb === 'download' ? 0 : -1;
  const { url, version, name } = decodeSystemBackupURL(positionals.at(urlAt) ?? '');
  const { store } = await open(url, command);
  if (verb === 'get-config') return print(command, await readSystemBackup(store, { version, name }));
  if (verb === 'delete') return removeSystemBackup(store, { version, name });
  if (verb === 'download')
    return writeFile(positionals[1] ?? '', await readSystemArchive(store, { version, name }));
  if (verb !== 'upload') throw new StoreError(`not emulated: longhorn system-backup ${verb ?? ''}`);
  return uploadSystemBackup(store, await readFile(positionals[0] ?? ''), {
    ...{ Name: name, LonghornVersion: version, BackupTargetURL: url },
    LonghornGitCommit: values['git-commit'] ?? '',
    ManagerImage: values['manager-image'] ?? '',
    EngineImage: values['engine-image'] ?? '',
  });
};

/**
 * Runs the longhorn command with its arguments, and returns its exit code. `backup
 * rm|inspect|inspect-volume|ls|restore-to-file` and `system-backup list|get-config|upload|download|delete` are Longhorn's;
 * `restore-to-file` supports only a raw image. `backup create` and `backup restore --to IMAGE` exist only in the
 * emulator: in Longhorn both happen within a replica's process. `backup unmount` replaces `cleanup-all-mounts`.
 */
export const runEngineCommand = async ([noun, ...rest]: string[], command: Command): Promise<number> => {
  try {
    if (noun === 'version') command.out(`${referenceVersion}\n`);
    else if (noun === 'backup') await backupCommand(rest, command);
    else if (noun === 'system-backup') await systemBackupCommand(rest, command);
    else throw new StoreError(`not emulated: longhorn ${noun ?? ''}`);
    return 0;
  } catch (error) {
    if (error instanceof Panic) {
      command.err(`panic: ${error.message}\n`);
      return replicaEndedExitCode;
    }
    const text = error instanceof StoreError ? error.message : String(error);
    createLog(command.err).error(text);
    // In Longhorn this command ends with a fatal log line and prints nothing (restore_to_file.go).
    if (rest[0] !== 'restore-to-file') command.out(`${text}\n`);
    return 1;
  }
};
