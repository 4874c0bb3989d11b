import { execFileSync } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { clocks } from '../../../emulator/clocks.ts';
import { runEngineCommand } from '../../../emulator/engine/command.ts';
import type { UploadRequest } from '../../../emulator/engine/upload.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

type Created = { snapshot: string; mode?: 'incremental' | 'full'; isTrimmed?: boolean };

/**
 * Keeps a file from being removed until the answer is called: by its inode's flag for root, by its folder's
 * mode for others.
 */
export const keepFile = async (path: string): Promise<() => Promise<void>> => {
  if (process.getuid?.() === 0) {
    execFileSync('chattr', ['+i', path]);
    return async () => void execFileSync('chattr', ['-i', path]);
  }
  await chmod(dirname(path), 0o555);
  return () => chmod(dirname(path), 0o755);
};

/**
 * The longhorn command on a store in a temporary folder, with waits so short that a test does not feel them.
 */
export const openTemporaryStore = async () => {
  const root = await temporaryFolder();
  const clock = { ...clocks.fast, lockWait: 20, lockRefresh: 400, lockExpiry: 1_000, blockRetries: [1, 1] };
  const url = 'nfs://server:/export';
  const run = async (args: string[]) => {
    const said: string[] = [];
    const code = await runEngineCommand(args, {
      clock,
      mutant: undefined,
      environment: {},
      mounts: { mount: async () => join(root, 'export'), unmount: async () => undefined },
      out: (text) => said.push(text),
      err: () => undefined,
      untilReleased: async () => true,
    });
    return { code, stdout: said.join('') };
  };
  return {
    root: join(root, 'export'),
    /** Folder of a replica, whose snapshots are uploaded. */
    replica: join(root, 'replica'),
    run,
    url: (volume: string, backup: string) => `${url}?backup=${backup}&volume=${volume}`,
    /** Backs up a snapshot of a volume of 16 MiB. */
    create: (
      volume: string,
      backup: string,
      { snapshot, mode = 'incremental', isTrimmed = false }: Created,
    ) => {
      const request: UploadRequest = {
        ...{ volume, volumeSize: 16 << 20, backup, snapshot, compressionMethod: 'lz4' },
        snapshotCreatedAt: `2026-01-01T00:00:0${/\d$/.exec(backup)?.[0] ?? 0}Z`,
        directory: join(root, 'replica'),
        isTrimmed,
        labels: { VolumeRecurringJobInfo: '{}', 'longhorn.io/volume-access-mode': 'rwo' },
        atOnce: 1,
        parameters: { 'backup-block-size': '2097152', 'backup-mode': mode },
      };
      return run(['backup', 'create', url, '--request', JSON.stringify(request)]);
    },
  };
};

export type TemporaryStore = Awaited<ReturnType<typeof openTemporaryStore>>;
