import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { CompressionMethod } from '../backupstore/config.ts';
import { encodeBackupURL } from '../backupstore/url.ts';
import type { Mutant } from '../mutants.ts';
import { childEnvironment, type Environment } from './child.ts';

/** The exit code of `longhorn backup create` where the replica's own process would have ended with it. */
export const replicaEnded = 2;

/** What `longhorn backup create --request` takes as JSON. */
export type UploadRequest = {
  volume: string;
  volumeSize: number;
  backup: string;
  snapshot: string;
  snapshotCreatedAt: string;
  /** Folder of the replica on this node. */
  directory: string;
  compressionMethod: CompressionMethod;
  labels: Record<string, string>;
  parameters: Record<string, string>;
};

/** What the engine says of a backup it makes or has made. */
export type EngineBackupStatus = {
  state: 'in_progress' | 'complete' | 'error';
  progress: number;
  backupURL: string;
  error: string;
  snapshotName: string;
};

/** An upload that is to be made ready, with the credentials of its store; timeout in milliseconds. */
export type PrepareUpload = {
  url: string;
  request: UploadRequest;
  environment: Environment;
  timeout: number;
};

/** The uploads of this process: they live and die with it (Longhorn's live in the instance manager's pod). */
export type Uploads = {
  /**
   * Starts the command of an upload; resolves once it is ready to take its lock, which it does when it is
   * started. Rejects with its last word. One that has not been started after `timeout` milliseconds is given up.
   */
  prepare(upload: PrepareUpload): Promise<void>;
  /**
   * Lets a prepared upload take its lock; resolves once it is under way, rejects with the command's last word
   * if it never comes to that.
   */
  start(backup: string): Promise<void>;
  /** Ends a prepared upload before it has touched the store. */
  giveUp(backup: string): void;
  status(backup: string): EngineBackupStatus | undefined;
};

type Prepared = { go(): void; giveUp(): void; underWay: Promise<void> };

/**
 * Runs uploads as children of this process, by the longhorn command of the default engine image; `onReplicaEnded`
 * is called with the folder of a replica that ended with its upload.
 */
export const createUploads = (
  binary: string,
  {
    mutant,
    onReplicaEnded,
  }: { mutant?: Mutant | undefined; onReplicaEnded?: (directory: string) => void } = {},
): Uploads => {
  const statuses = new Map<string, EngineBackupStatus>();
  const prepared = new Map<string, Prepared>();

  const prepare = ({ url, request, environment, timeout }: PrepareUpload): Promise<void> => {
    prepared.get(request.backup)?.giveUp();
    const ready = Promise.withResolvers<void>();
    const underWay = Promise.withResolvers<void>();
    // One that is given up is awaited by nobody.
    underWay.promise.catch(() => undefined);
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
    // Behind all else on a node with one processor: however many uploads there are, the manager goes on, a
    // deletion gives its lock back soon, and `inspect` ends in time.
    if (child.pid) setPriority(child.pid, 5);
    // That it ended before it could be started is known by its close.
    child.stdin.on('error', () => undefined);
    const own: Prepared = {
      go: () => child.stdin.end('go\n'),
      giveUp: () => child.stdin.end(),
      underWay: underWay.promise,
    };
    prepared.set(request.backup, own);
    const fail = (message: string): void => {
      for (const { reject } of [ready, underWay]) reject(new Error(message));
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
        statuses.set(request.backup, status);
        underWay.resolve();
      }
      if (typeof event.progress === 'number' && mutant !== 'progress-stays') status.progress = event.progress;
    });
    const end = (failure: string | undefined): void => {
      clearTimeout(limit);
      if (prepared.get(request.backup) === own) prepared.delete(request.backup);
      if (failure === undefined || mutant === 'failed-upload-completes') {
        Object.assign(status, {
          state: 'complete',
          progress: 100,
          backupURL: encodeBackupURL({ url, volume: request.volume, backup: request.backup }),
        });
      } else Object.assign(status, { state: 'error', error: failure });
      fail(failure ?? `the upload of ${request.backup} was given up before it began`);
    };
    child.on('error', (error) => end(error.message));
    child.on('close', (code, signal) => {
      if (code === replicaEnded) {
        onReplicaEnded?.(request.directory);
        return end(
          `failed to create backup to ${url} for volume ${request.volume}: rpc error: code = Unavailable desc = error reading from server: EOF`,
        );
      }
      if (code !== 0 && mutant === 'failed-upload-ends-replica') onReplicaEnded?.(request.directory);
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
      await upload.underWay;
    },
    giveUp: (backup) => prepared.get(backup)?.giveUp(),
    status: (backup) => statuses.get(backup),
  };
};
