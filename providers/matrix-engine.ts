import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { PreconditionError } from '../e2e/machine/precondition-error.ts';
import type { Engine, EngineNamedBy } from '../e2e/store-matrix/open-matrix.ts';
import { type MatrixReplica, openReplica, type ReplicaSnapshot } from '../e2e/store-matrix/replica.ts';
import { snapshotPath } from '../emulator/engine/replica-files.ts';
import { replicaEndedExitCode, type UploadRequest } from '../emulator/engine/upload.ts';
import { extractFile } from '../lab/images/file-of-image.ts';
import { pullImages } from '../lab/images/pull.ts';

const binary = 'usr/local/bin/longhorn';

/**
 * A real engine, given by the path of its `longhorn`, the path of an archive of its image (`docker save`,
 * OCI), or the name of the image, which is pulled. Throws PreconditionError if the image lacks it or is not available.
 */
export const realEngine = async (named: string, by: EngineNamedBy): Promise<Engine> => {
  const path = await findBinary(named, by);
  return {
    ...{ command: [path], environment: {}, lockEnvironment: {} },
    openReplica: (snapshot) => openReplica(path, snapshot),
  };
};

const findBinary = async (named: string, by: EngineNamedBy): Promise<string> => {
  if (by === 'command') return resolve(named);
  if (by === 'archive') return extractFile(resolve(named), binary);
  const [layout] = await pullImages([named], { mirror: undefined, onProgress: () => {} });
  if (layout === undefined)
    throw new PreconditionError({
      code: 'image-not-in-registry',
      what: `the registry does not have ${named}`,
    });
  return extractFile(layout, binary);
};

const command = [process.execPath, fileURLToPath(new URL('../emulator/engine/longhorn.ts', import.meta.url))];
const environment = {
  CORRAL_EMULATOR_CLOCK: '2',
  // A command runs hundreds of processes, and most of their time would be compiling the same code.
  NODE_COMPILE_CACHE: join(tmpdir(), 'corral-compile-cache'),
};

// A replica of the emulator is a folder, and a command makes its backups.
const openFolder = async ({ folder, volume, snapshot, image }: ReplicaSnapshot): Promise<MatrixReplica> => {
  await writeFile(snapshotPath(folder, snapshot), image);
  let hasEnded = false;
  return {
    backUp: async (url, backup, cancelSignal) => {
      const request: UploadRequest = {
        volume,
        volumeSize: image.length,
        backup,
        snapshot,
        snapshotCreatedAt: '2026-01-03T00:00:00Z',
        directory: folder,
        compressionMethod: 'gzip',
        labels: {},
        atOnce: 1,
        parameters: {},
      };
      const [program, ...args] = [...command, 'backup', 'create', url, '--request', JSON.stringify(request)];
      const { exitCode, stdout } = await execa(program as string, args, {
        env: environment,
        input: 'go\n',
        reject: false,
        cancelSignal,
      });
      hasEnded ||= exitCode === replicaEndedExitCode;
      return { exitCode, stdout };
    },
    hasEnded: () => hasEnded,
    close: async () => {},
  };
};

/** The emulator's engine, on a clock five times faster than Longhorn's. */
export const emulatorEngine: Engine = {
  ...{ command, environment },
  // At a load of twelve per CPU, a refreshed lock had expired on the faster clock before it was read.
  lockEnvironment: { CORRAL_EMULATOR_CLOCK: 'real' },
  openReplica: openFolder,
};
