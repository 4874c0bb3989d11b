import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { CompressionMethod } from '../backupstore/config.ts';
import { encodeBackupURL } from '../backupstore/url.ts';
import { childEnvironment } from './child.ts';

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

/** The uploads of this process: they live and die with it (Longhorn's live in the instance manager's pod). */
export type Uploads = {
  /** Resolves once the upload holds its lock and is under way; rejects with the command's last word if it never comes to that. */
  start(url: string, request: UploadRequest, timeout: number): Promise<void>;
  status(backup: string): EngineBackupStatus | undefined;
};

/** Runs uploads as children of this process, by the longhorn command of the default engine image. */
export const createUploads = (binary: string): Uploads => {
  const statuses = new Map<string, EngineBackupStatus>();
  return {
    status: (backup) => statuses.get(backup),
    start: (url, request, timeout) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const status: EngineBackupStatus = {
        state: 'in_progress',
        progress: 0,
        backupURL: '',
        error: '',
        snapshotName: request.snapshot,
      };
      const child = spawn(binary, ['backup', 'create', url, '--request', JSON.stringify(request)], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: childEnvironment(),
      });
      // Behind all else on a node with one processor: however many uploads there are, the manager goes on, a deletion gives its lock back
      // soon, and `inspect` ends in time.
      if (child.pid) setPriority(child.pid, 5);
      const limit = setTimeout(() => reject(new Error('rpc error: code = DeadlineExceeded desc = context deadline exceeded')), timeout);
      let last = '';
      createInterface(child.stdout).on('line', (line) => {
        if (!line.startsWith('{')) {
          last = line;
          return;
        }
        const event = JSON.parse(line);
        if (event.started) {
          statuses.set(request.backup, status);
          resolve();
        }
        if (typeof event.progress === 'number') status.progress = event.progress;
      });
      const end = (failure: string | undefined): void => {
        clearTimeout(limit);
        if (failure === undefined) {
          const backupURL = encodeBackupURL({ url, volume: request.volume, backup: request.backup });
          Object.assign(status, { state: 'complete', progress: 100, backupURL });
          return;
        }
        Object.assign(status, { state: 'error', error: failure });
        reject(new Error(failure));
      };
      child.on('error', (error) => end(error.message));
      child.on('close', (code, signal) =>
        end(code === 0 ? undefined : last || `backup create ended with ${signal ?? `exit status ${code}`}`),
      );
      return promise;
    },
  };
};
