import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { CompressionMethod } from '../backupstore/config.ts';
import { encodeBackupURL } from '../backupstore/url.ts';
import type { Mutant } from '../mutants.ts';
import { childEnvironment, type StoreCredentials } from './child.ts';

/** Exit code of `longhorn backup create` if the error would have ended the replica's process in Longhorn. */
export const replicaEndedExitCode = 2;

// What a mount says that has given its server up.
const lostServer = /: (?:connection timed out|input\/output error)/;

/** The JSON argument of `longhorn backup create --request`. */
export type UploadRequest = {
  volume: string;
  volumeSize: number;
  storageClassName?: string;
  backup: string;
  snapshot: string;
  snapshotCreatedAt: string;
  /** Folder of the replica on this node. */
  directory: string;
  compressionMethod: CompressionMethod;
  labels: Record<string, string>;
  parameters: Record<string, string>;
  /** How many blocks are written at once. */
  atOnce: number;
  /** Whether what is discarded in the volume goes from this snapshot too. */
  isTrimmed?: boolean;
};

/** The engine's status of a backup. */
export type EngineBackupStatus = {
  state: 'in_progress' | 'complete' | 'error';
  progress: number;
  backupURL: string;
  error: string;
  snapshotName: string;
};

/** An upload to prepare, with the credentials of its store. `timeout` is in milliseconds. */
export type PrepareUpload = {
  url: string;
  request: UploadRequest;
  environment: StoreCredentials;
  timeout: number;
};

/**
 * The uploads of this process. They end with it, as in Longhorn with the instance manager's pod, or with their replica.
 */
export type Uploads = {
  /**
   * Starts the command of an upload. Resolves once it is about to take its lock, which it does after `start`. Rejects
   * with the last line of its output. An upload that is not started within `timeout` milliseconds is given up.
   */
  prepare(upload: PrepareUpload): Promise<void>;
  /**
   * Lets a prepared upload take its lock. Resolves once it is in progress. Rejects with the last line of the
   * command's output if it fails before that.
   */
  start(backup: string): Promise<void>;
  /** Ends a prepared upload before it changes the store. */
  giveUp(backup: string): void;
  /** Kills the uploads of the replica in this folder, and forgets all its backups. */
  endWithReplica(directory: string): void;
  /** Undefined if no replica knows the backup. Throws while the replica that was to make it does not run. */
  status(backup: string): EngineBackupStatus | undefined;
};

type Prepared = { go(): void; giveUp(): void; started: Promise<void> };

/** An upload, as the process of its replica knows it. */
type Known = {
  directory: string;
  status: EngineBackupStatus | undefined;
  kill(): void;
  /** Replaces the credentials with which it goes on, after `go`. */
  replace(environment: StoreCredentials): void;
};

/** The status of a backup whose replica has ended. */
const statusAfterEnd = (
  status: EngineBackupStatus | undefined,
  mutant: Mutant | undefined,
): EngineBackupStatus | undefined => {
  if (mutant === 'dead-upload-stays') return status && { ...status };
  if (mutant === 'dead-upload-completes') return status && { ...status, state: 'complete', progress: 100 };
  return undefined;
};

/**
 * Runs uploads as child processes of this one, with the longhorn command of the default engine image.
 * `onReplicaEnded` is called with the folder of a replica that ended with its upload. `isRunning` returns whether the
 * replica in a folder runs. `replicaAddress` is that of all replicas of this node.
 */
export const createUploads = (
  binary: string,
  {
    mutant,
    onReplicaEnded,
    isRunning = () => true,
    replicaAddress = '',
  }: {
    mutant?: Mutant | undefined;
    onReplicaEnded?: (directory: string) => void;
    isRunning?: (directory: string) => boolean;
    replicaAddress?: string;
  } = {},
): Uploads => {
  const known = new Map<string, Known>();
  const prepared = new Map<string, Prepared>();

  // A replica has one environment, with the credentials of its newest upload (longhorn-engine, pkg/sync/rpc/server.go,
  // BackupCreate, and backupstore, util/credential.go).
  const replaceOthers = ({ backup, directory }: UploadRequest, environment: StoreCredentials): void => {
    if (mutant === 'fixed:upload-follows-next-target') return;
    for (const [name, other] of known)
      if (name !== backup && !prepared.has(name) && other.directory === directory) other.replace(environment);
  };

  const prepare = ({ url, request, environment, timeout }: PrepareUpload): Promise<void> => {
    prepared.get(request.backup)?.giveUp();
    const ready = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    // No caller handles the rejection of an upload that is given up.
    started.promise.catch(() => undefined);
    const status: EngineBackupStatus = {
      state: 'in_progress',
      progress: 0,
      backupURL: '',
      error: '',
      snapshotName: request.snapshot,
    };
    const child = spawn(binary, ['backup', 'create', url, '--request', JSON.stringify(request)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: childEnvironment(environment),
    });
    // Lower priority than everything else on a node with one processor. With any number of uploads, the
    // manager responds, a deletion releases its lock soon, and `inspect` ends in time.
    if (child.pid) setPriority(child.pid, 5);
    // The 'close' event reports a process that ended before its start.
    child.stdin.on('error', () => undefined);
    const own: Prepared = {
      go: () => {
        replaceOthers(request, environment);
        child.stdin.write('go\n');
      },
      giveUp: () => child.stdin.end(),
      started: started.promise,
    };
    prepared.set(request.backup, own);
    let isKilled = false;
    const { directory } = request;
    const ofReplica: Known = {
      directory,
      status: undefined,
      kill: () => {
        isKilled = true;
        child.kill('SIGKILL');
      },
      replace: (credentials) => void child.stdin.write(`${JSON.stringify(credentials)}\n`),
    };
    known.set(request.backup, ofReplica);
    const fail = (message: string): void => {
      for (const { reject } of [ready, started]) reject(new Error(message));
    };
    const limit = setTimeout(() => {
      fail('rpc error: code = DeadlineExceeded desc = context deadline exceeded');
      own.giveUp();
    }, timeout);
    let last = '';
    createInterface(child.stdout).on('line', (line) => {
      if (!line.startsWith('{')) {
        last = line;
        return;
      }
      const event = JSON.parse(line);
      if (event.ready) ready.resolve();
      if (event.started) {
        clearTimeout(limit);
        if (!isKilled) ofReplica.status = status;
        started.resolve();
      }
      if (event.failed) end(event.failed);
      if (typeof event.progress === 'number' && mutant !== 'progress-stays') status.progress = event.progress;
    });
    const end = (failure: string | undefined): void => {
      clearTimeout(limit);
      if (prepared.get(request.backup) === own) prepared.delete(request.backup);
      const backupURL = encodeBackupURL({ url, volume: request.volume, backup: request.backup });
      // pkg/replica/backup.go, UpdateBackupStatus: 100 % is the end, and an error after it is left out.
      const isCutOff = failure !== undefined && status.progress === 100;
      const isLost = failure !== undefined && lostServer.test(failure);
      const isDone =
        failure === undefined ||
        isCutOff ||
        mutant === 'failed-upload-completes' ||
        (isLost && mutant === 'upload-without-server-completes');
      Object.assign(
        status,
        isDone
          ? { state: 'complete', progress: 100, backupURL: isCutOff ? '' : backupURL }
          : { state: 'error', error: failure },
      );
      fail(failure ?? `the upload of ${request.backup} was given up before it began`);
    };
    child.on('error', (error) => end(error.message));
    child.on('close', (code, signal) => {
      if (code === replicaEndedExitCode) onReplicaEnded?.(directory);
      if (code === replicaEndedExitCode || isKilled)
        return end(
          `failed to create backup to ${url} for volume ${request.volume}: rpc error: code = Unavailable desc = error reading from server: EOF`,
        );
      end(code === 0 ? undefined : last || `backup create ended with ${signal ?? `exit status ${code}`}`);
    });
    return ready.promise;
  };

  return {
    prepare,
    start: async (backup) => {
      const upload = prepared.get(backup);
      if (!upload) throw new Error(`the upload of ${backup} is not prepared`);
      prepared.delete(backup);
      upload.go();
      await upload.started;
    },
    giveUp: (backup) => prepared.get(backup)?.giveUp(),
    endWithReplica: (directory) => {
      for (const upload of known.values()) {
        if (upload.directory !== directory) continue;
        upload.kill();
        upload.status = statusAfterEnd(upload.status, mutant);
      }
    },
    status: (backup) => {
      const upload = known.get(backup);
      if (upload && !upload.status && !isRunning(upload.directory))
        throw new Error(`failed to get backup ${backup} status on unknown replica ${replicaAddress}`);
      const status = upload?.status;
      // Only now, because the reason for the failure goes with the replica.
      if (status?.state === 'error' && mutant === 'failed-upload-ends-replica')
        onReplicaEnded?.(upload?.directory ?? '');
      return status;
    },
  };
};
