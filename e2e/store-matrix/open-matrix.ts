import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { parseBackup } from '../store/format/config.ts';
import { decompress } from '../store/format/decompress.ts';
import { folderSource } from '../store/format/folder-source.ts';
import {
  backupConfigPath,
  blockPath,
  checksumOf,
  lockFilePath,
  volumeFolder,
} from '../store/format/layout.ts';
import { blockSize } from '../store/format/pack-block.ts';
import { randomBlocks } from '../store/format/random-blocks.ts';
import { type VolumeBlock, writeBackup } from '../store/format/write-backup.ts';
import { checkStore } from '../store/fsck/fsck.ts';
import { verifySample } from '../store/fsck/verify-sample.ts';
import {
  type CellFailure,
  cellFailures,
  createdBackups,
  foreignLockName,
  keptBackup,
  type MatrixCell,
  type MatrixOperation,
  places,
  type Sign,
  silence,
  subjectBackup,
  volume,
} from './cells.ts';
import { type CallFault, type FileSystemCall, mountFaulty } from './fuse.ts';
import type { CommandResult, MatrixReplica, ReplicaSnapshot } from './replica.ts';

/** A longhorn command, and how to open a replica of its engine. */
export type Engine = {
  command: readonly string[];
  environment: Record<string, string>;
  /** In addition, for the commands of which one holds a lock that another reads. */
  lockEnvironment: Record<string, string>;
  openReplica: (snapshot: ReplicaSnapshot) => Promise<MatrixReplica>;
};

/**
 * How a real engine is specified: the path of its command, the path of an archive of its image, or the name of the
 * image.
 */
export type EngineNamedBy = 'command' | 'archive' | 'image';

/** The result of a cell. */
type Outcome = {
  /** The number of calls that met the failure. For a changed file, the number of calls for that file. */
  met: number;
  exitCode: number | 'none';
  output: string;
  signs: Sign[];
  seconds: number;
};

const lockOperations: readonly MatrixOperation[] = ['refresh a lock', 'take a lock'];

// In ms. Even on a busy machine no command takes this long unless it hangs.
const longest = 120_000;
const longestHeld = 3 * longest;
// In ms. A restore waits for more than a second before it tries again to read a block. Its first attempts come at once.
const betweenTries = 500;

const blocksOfVolume = 5;
const size = blocksOfVolume * blockSize;
const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

type Truth = {
  /** The hashes of the images, by backup. */
  images: Record<string, string>;
  /** The image of a new backup. It shares all blocks except the first with the others. */
  newest: Buffer;
  /**
   * The paths, in the volume's folder, of a block that both backups refer to, and of one that only `subject` refers to.
   */
  shared: string;
  own: string;
};

// Two blocks share a folder in `blocks/` with a probability of 1 in 256. Then a failure at the place of one would
// affect the other.
const blocksApart = (count: number): VolumeBlock[] => {
  for (;;) {
    const blocks = [...randomBlocks(count * blockSize)];
    if (new Set(blocks.map(({ data }) => checksumOf(data).slice(0, 2))).size === count) return blocks;
  }
};

const imageOf = (blocks: readonly VolumeBlock[]): Buffer => Buffer.concat(blocks.map(({ data }) => data));

/** Writes a store with two backups of a volume. They share all blocks except the first. */
const writeStore = async (root: string): Promise<Truth> => {
  const folder = join(root, volumeFolder(volume));
  const blocks = blocksApart(blocksOfVolume + 2);
  const common = blocks.slice(1, blocksOfVolume);
  const [first, second, third] = [0, blocksOfVolume, blocksOfVolume + 1].map((index) => [
    { offset: 0, data: blocks[index]?.data ?? new Uint8Array() },
    ...common,
  ]) as [VolumeBlock[], VolumeBlock[], VolumeBlock[]];
  const newest = imageOf(third);
  const images = Object.fromEntries(createdBackups.map((backup) => [backup, hash(newest)]));
  for (const [index, [backup, data]] of Object.entries({
    [subjectBackup]: first,
    [keptBackup]: second,
  }).entries()) {
    images[backup] = hash(imageOf(data));
    await writeBackup(
      async (files) => {
        for (const { path, bytes } of files) {
          mkdirSync(dirname(join(folder, path)), { recursive: true });
          writeFileSync(join(folder, path), bytes);
        }
      },
      { volume, backup, size, created: new Date(Date.UTC(2026, 0, 1 + index)), blocks: data },
    );
  }
  const config = join(folder, 'volume.cfg');
  const { BlockCount: _, ...rest } = JSON.parse(readFileSync(config, 'utf8'));
  writeFileSync(config, JSON.stringify({ ...rest, BlockCount: String(blocksOfVolume + 1) }));
  const mappings =
    parseBackup(readFileSync(join(folder, backupConfigPath(subjectBackup)))).config?.blocks ?? [];
  return {
    images,
    newest,
    own: blockPath(mappings[0]?.checksum ?? ''),
    shared: blockPath(mappings[1]?.checksum ?? ''),
  };
};

/** The hash of the image that a restore of a backup would write. Undefined if the backup is not whole. */
const restoredHash = (root: string, backup: string): string | undefined => {
  try {
    const folder = join(root, volumeFolder(volume));
    const { config } = parseBackup(readFileSync(join(folder, backupConfigPath(backup))));
    const image = Buffer.alloc(size);
    for (const { offset, checksum } of config?.blocks ?? []) {
      const data = readFileSync(join(folder, blockPath(checksum)));
      image.set(decompress(config?.compression ?? 'gzip', data, Buffer.alloc(blockSize)), offset);
    }
    return hash(image);
  } catch {
    return undefined;
  }
};

const stateOf = (root: string, { own, images }: Truth): 'whole' | 'gone' | 'half' => {
  const folder = join(root, volumeFolder(volume));
  if (existsSync(join(folder, backupConfigPath(subjectBackup))))
    return restoredHash(root, subjectBackup) === images[subjectBackup] ? 'whole' : 'half';
  return existsSync(join(folder, own)) ? 'half' : 'gone';
};

/** The result of an operation. `output` is the file of a restore, `backup` the name of a new backup. */
type Ended = CommandResult & { output: string; backup: string };

/** The store of an operation, and the replica that makes backups. */
type Store = { name: string; root: string; url: string; replica?: MatrixReplica };

/** Judges an operation by its output and by the content of the store. The failure must be healed. */
const judge = async (
  { operation, failure }: Pick<MatrixCell, 'operation'> & Partial<MatrixCell>,
  { root, truth, result }: { root: string; truth: Truth; result: Ended },
): Promise<Sign[]> => {
  const signs = new Set<Sign>();
  const { exitCode, stdout, output, backup } = result;
  const isRight = (): boolean => {
    const { [volume]: about, Name } = /^(list|inspect)/.test(operation) ? JSON.parse(stdout) : {};
    switch (operation) {
      case 'list volumes':
        return about !== undefined;
      // An empty list with a message is not taken for the truth.
      case 'list backups':
        return (
          Object.keys(about?.Backups ?? {})
            .sort()
            .join() === `${subjectBackup},${keptBackup}` || about?.Messages?.error !== undefined
        );
      case 'inspect':
        return Name === subjectBackup;
      case 'create':
        return restoredHash(root, backup) === truth.images[backup];
      case 'restore':
      case 'refresh a lock':
        return hash(readFileSync(output)) === truth.images[subjectBackup];
      case 'take a lock':
        return false;
      case 'delete':
        return stateOf(root, truth) === 'gone';
    }
  };
  const wrong: Partial<Record<MatrixOperation, Sign>> = {
    'list volumes': 'wrong-answer',
    'list backups': 'wrong-answer',
    inspect: 'wrong-answer',
    'take a lock': 'lock-passed',
  };
  if (exitCode === 0 && !isRight()) signs.add(wrong[operation] ?? 'not-done');
  if (operation === 'delete' && exitCode !== 0 && stateOf(root, truth) === 'half') signs.add('half-gone');
  const isLost = (backup: string): boolean => restoredHash(root, backup) !== truth.images[backup];
  if (isLost(keptBackup) || (!/^(delete|take a lock)$/.test(operation) && isLost(subjectBackup)))
    signs.add('others-lost');
  if (stdout.includes('cannot find') && failure !== 'no such file') signs.add('said-gone');
  if (exitCode === 0 && /^(create|delete)$/.test(operation)) {
    const source = folderSource(join(root, 'backupstore'));
    const { findings } = await checkStore(source, { now: Date.now(), verify: verifySample(source, 1 << 30) });
    if (findings.some(({ code }) => code === 'block-count-wrong' || code === 'last-backup-missing'))
      signs.add('wrong-count');
  }
  return [...signs];
};

/** Opens what operations run on: a store, a mount with wrong answers about copies of the store, and an engine. */
export const openMatrix = async (folder: string, engine: Engine) => {
  const at = (name: string): string => join(folder, name);
  const truth = await writeStore(at('model'));
  mkdirSync(at('backing'));
  mkdirSync(at('bin'));
  // The engine's image contains qemu-img. Converting a raw image to raw is a copy.
  writeFileSync(
    at('bin/qemu-img'),
    '#!/bin/sh\n[ "$1 $2 $3" = "convert -O raw" ] && exec cp "$4" "$5"\nexit 1\n',
    {
      mode: 0o755,
    },
  );
  const rules = new Map<string, Rule>();
  const mounted = await mountFaulty({
    backing: at('backing'),
    path: at('mount'),
    fault: ({ what, path }) => {
      const [store = '', ...rest] = path.split('/');
      return rest.length > 0 ? rules.get(store)?.({ what, path: rest.join('/') }) : undefined;
    },
  });
  let stores = 0;
  const openStore = async (operation: MatrixOperation): Promise<Store> => {
    stores += 1;
    const name = `store-${stores}`;
    const root = join(at('backing'), name);
    cpSync(at('model'), root, { recursive: true });
    // The lock of another holder, of a type that does not conflict with the operation (except for `take a lock`).
    const type = { create: 1, delete: 2, 'take a lock': 1, restore: 1 }[operation as 'delete'];
    if (type !== undefined) {
      const lock = join(root, volumeFolder(volume), lockFilePath(foreignLockName));
      mkdirSync(dirname(lock));
      writeFileSync(lock, JSON.stringify({ Name: foreignLockName, Type: type, Acquired: true }));
    }
    const store = { name, root, url: `vfs://${join(mounted.path, name)}` };
    if (operation !== 'create') return store;
    // A separate replica for each store, so that damage stays within its cell.
    const folder = at(`replica-${stores}`);
    mkdirSync(folder);
    const snapshot = { folder, volume, snapshot: 'newest', image: truth.newest };
    const replica = await engine.openReplica(snapshot);
    const close = async (): Promise<void> => {
      await replica.close();
      rmSync(folder, { recursive: true });
    };
    return { ...store, replica: { ...replica, close } };
  };

  /** Runs an operation. `again` means that it is the second time in the store. */
  const run = async (
    operation: MatrixOperation,
    { url, replica }: Store,
    { again = false } = {},
  ): Promise<Ended & { isLate: boolean }> => {
    const cwd = mkdtempSync(at('work-'));
    const output = join(cwd, 'restored.img');
    const about = { output, backup: createdBackups[again ? 1 : 0] };
    if (replica !== undefined) {
      const givenUp = AbortSignal.timeout(longest);
      const result = await replica.backUp(url, about.backup, givenUp);
      return { ...about, ...result, isLate: givenUp.aborted };
    }
    const backup = `${url}?backup=${subjectBackup}&volume=${volume}`;
    const restore = ['backup', 'restore-to-file', backup, '--output-file', output, '--output-format', 'raw'];
    const [program = '', ...args] = [
      ...engine.command,
      ...{
        'list volumes': ['backup', 'ls', '--volume-only', url],
        'list backups': ['backup', 'ls', '--volume', volume, url],
        inspect: ['backup', 'inspect', backup],
        restore,
        'refresh a lock': restore,
        delete: ['backup', 'rm', backup],
        'take a lock': ['backup', 'rm', backup],
      }[operation as Exclude<MatrixOperation, 'create'>],
    ];
    const result = await execa(program, args, {
      cwd,
      env: {
        ...engine.environment,
        ...(lockOperations.includes(operation) && engine.lockEnvironment),
        PATH: `${at('bin')}:${process.env.PATH}`,
      },
      stdin: 'ignore',
      reject: false,
      timeout: operation === 'refresh a lock' ? longestHeld : longest,
      killSignal: 'SIGKILL',
    });
    return { ...about, exitCode: result.exitCode, stdout: result.stdout, isLate: result.timedOut };
  };

  /**
   * Runs an operation in a store with a failure. For `refresh a lock` the failure lasts until it was met; then the
   * lock is refreshed once without it.
   */
  const runIn = async (
    operation: MatrixOperation,
    store: Store,
    { rule, heal, isMet }: { rule: Rule; heal: () => void; isMet: () => boolean },
  ) => {
    if (operation !== 'refresh a lock') {
      rules.set(store.name, rule);
      const result = await run(operation, store);
      heal();
      return { ...result, hasPassed: false };
    }
    const restore = holdRestore((held) => rules.set(store.name, held));
    // A killed process ends only after its pending calls are answered.
    AbortSignal.timeout(longestHeld).addEventListener('abort', () => restore.release());
    const ended = run(operation, store);
    const whileHeld = async (): Promise<boolean> => {
      await restore.refreshed(rule, isMet);
      heal();
      await restore.refreshed(() => undefined);
      return (await run('take a lock', store)).exitCode === 0;
    };
    const hasPassed = await Promise.race([whileHeld(), ended.then(() => false)]);
    restore.release();
    return { ...(await ended), hasPassed };
  };

  return {
    /** The calls of an operation on a sound store. */
    callsOf: async (operation: MatrixOperation): Promise<FileSystemCall[]> => {
      const calls: FileSystemCall[] = [];
      const store = await openStore(operation);
      const result = await runIn(operation, store, {
        rule: (call) => void calls.push(call),
        heal: () => {},
        isMet: () => calls.some(isWritten),
      });
      const signs = await judge({ operation }, { root: store.root, truth, result });
      await store.replica?.close();
      const isRight = operation === 'take a lock' ? result.exitCode === 1 : result.exitCode === 0;
      if (!isRight || result.hasPassed || signs.length > 0)
        throw new Error(`${operation} goes wrong in a sound store: ${signs.join(', ')} ${result.stdout}`);
      return calls;
    },

    placeOf: ({ place }: MatrixCell): string => places[place].path(truth.shared),

    run: async (cell: MatrixCell): Promise<Outcome> => {
      const started = performance.now();
      const { operation } = cell;
      const store = await openStore(operation);
      const { root } = store;
      let met = 0;
      const injected = injectFailure(cellFailures[cell.failure], {
        root,
        place: places[cell.place].path(truth.shared),
        triesAgain: operation === 'restore' && /block/.test(cell.place),
        count: () => {
          met += 1;
        },
      });
      const result = await runIn(operation, store, { ...injected, isMet: () => met > 0 });
      const about = { root, truth };
      const signs = await judge(cell, { ...about, result });
      if (result.isLate) signs.push('hangs');
      if (result.hasPassed) signs.push('lock-passed');
      if (store.replica?.hasEnded()) signs.push('replica-lost');
      else if (result.exitCode !== 0 && operation !== 'take a lock' && !signs.includes('others-lost')) {
        const again = await run(operation, store, { again: true });
        signs.push(
          ...(again.exitCode === 0
            ? await judge({ operation }, { ...about, result: again })
            : ['no-recovery' as const]),
        );
      }
      await store.replica?.close();
      return {
        met,
        exitCode: result.exitCode ?? 'none',
        output: result.stdout.trim().slice(-300),
        signs,
        seconds: (performance.now() - started) / 1000,
      };
    },

    close: () => mounted.unmount(),
  };
};

type Rule = (call: FileSystemCall) => CallFault | undefined;

type Field = {
  root: string;
  place: string;
  /** Whether the operation itself tries again. Its second attempt then finds a healed store. */
  triesAgain: boolean;
  count: () => void;
};

// A lock is complete when it is renamed to its final name.
const isWritten = ({ what }: FileSystemCall): boolean => what === 'rename';

// In ms. Longer than a silent server: an operation without calls for this long is done.
const quiet = silence + 500;

/** Holds a restore at its first block. Meanwhile it only refreshes its lock. */
const holdRestore = (set: (rule: Rule) => void) => {
  const released = Promise.withResolvers<void>();
  let isHeld = false;
  let answer: Rule = () => undefined;
  set((call) => {
    // The restore reads several blocks at once.
    if (!call.path.includes('/blocks/')) return isHeld ? answer(call) : undefined;
    if (call.what !== 'open') return undefined;
    isHeld = true;
    return { held: released.promise };
  });
  return {
    release: released.resolve,
    /** Answers by `rule` until the lock was refreshed, or until there are no more calls after `isMet`. */
    refreshed: (rule: Rule, isMet?: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        let isOver = false;
        answer = (call) => {
          const fault = rule(call);
          isOver ||= isMet?.() ?? isWritten(call);
          clearTimeout(timer);
          if (isOver) timer = setTimeout(resolve, quiet);
          return fault;
        };
      }),
  };
};

/** Runs cells with one engine. */
export type Matrix = Awaited<ReturnType<typeof openMatrix>>;

/** Creates a failure: the rule for the store's answers, and a function that heals it and can be called twice. */
const injectFailure = (failure: CellFailure, { root, place, triesAgain, count }: Field) => {
  const restore = 'file' in failure ? change(join(root, place), failure.file) : () => {};
  let isHealed = false;
  const heal = (): void => {
    if (isHealed) return;
    isHealed = true;
    restore();
  };
  let hits = 0;
  let silentUntil = 0;
  let last = Number.POSITIVE_INFINITY;
  const rule: Rule = (call) => {
    if (isHealed || !('file' in failure ? call.path === place : failure.hit(call, place))) return undefined;
    const now = performance.now();
    if (triesAgain && now - last > betweenTries + (silentUntil > 0 ? silence : 0)) {
      heal();
      return undefined;
    }
    last = now;
    hits += 1;
    if ('file' in failure) {
      count();
      return undefined;
    }
    if (failure.second && hits % 2 === 1) return undefined;
    count();
    const { fault } = failure;
    if (fault === 'empty' || !('after' in fault)) return fault;
    // The client waits only once. After that the error comes at once.
    silentUntil ||= now + fault.after;
    return { ...fault, after: Math.max(0, silentUntil - now) };
  };
  return { rule, heal };
};

/** Changes a file of the store. The returned function restores it, unless the engine has changed it since. */
const change = (file: string, how: 'empty' | 'short' | 'missing'): (() => void) => {
  const read = (): Buffer | undefined => (existsSync(file) ? readFileSync(file) : undefined);
  const whole = readFileSync(file);
  if (how === 'missing') rmSync(file);
  else truncateSync(file, how === 'empty' ? 0 : whole.length >> 1);
  const changed = read();
  return () => {
    const now = read();
    const isTheSame = changed === undefined ? now === undefined : now !== undefined && changed.equals(now);
    if (isTheSame && existsSync(dirname(file))) writeFileSync(file, whole);
  };
};
