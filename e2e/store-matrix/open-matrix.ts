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
import { backupConfigPath, blockPath, checksumOf, volumeFolder } from '../store/format/layout.ts';
import { blockSize } from '../store/format/pack-block.ts';
import { randomBlocks } from '../store/format/random-blocks.ts';
import { type VolumeBlock, writeBackup } from '../store/format/write-backup.ts';
import { checkStore } from '../store/fsck/fsck.ts';
import { verifySample } from '../store/fsck/verify-sample.ts';
import {
  foreignLockName,
  kept,
  type MatrixCell,
  type MatrixOperation,
  made,
  places,
  type Sign,
  stall,
  subject,
  type Trouble,
  troubles,
  volume,
} from './cells.ts';
import { type FileSystemCall, type Lie, mountTroubled } from './fuse.ts';
import type { MatrixReplica, ReplicaSnapshot, Said } from './replica.ts';

/** A longhorn command, and how a replica of its engine is had. */
export type Engine = {
  command: readonly string[];
  environment: Record<string, string>;
  openReplica: (snapshot: ReplicaSnapshot) => Promise<MatrixReplica>;
};

/** What a real engine is named by: the path of its command or of an archive of its image, or the image's name. */
export type EngineNamedBy = 'command' | 'archive' | 'image';

/** How a cell came out. */
export type Outcome = {
  /** What the trouble answered, in calls; 0 of a file that is changed itself. */
  met: number;
  exitCode: number | 'none';
  output: string;
  signs: Sign[];
  seconds: number;
};

// On the busiest machine no command takes that long, unless it waits for something.
const longest = 120_000;
const longestHeld = 3 * longest;
// Between a restore's tries to read a block it waits for a second and more; its first ones come all at once.
const betweenTries = 500;

const blocksOfVolume = 5;
const size = blocksOfVolume * blockSize;
const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

type Truth = {
  /** Of the images, by backup. */
  images: Record<string, string>;
  /** What a new backup is made of: it has all blocks but the first in common with the others. */
  newest: Buffer;
  /** Paths in the volume's folder of a block that both backups refer to, and of one that only `asked` does. */
  shared: string;
  own: string;
};

// One in 256 pairs would share a folder of `blocks/`: then the trouble of one block's place is the other's.
const blocksApart = (count: number): VolumeBlock[] => {
  for (;;) {
    const blocks = [...randomBlocks(count * blockSize)];
    if (new Set(blocks.map(({ data }) => checksumOf(data).slice(0, 2))).size === count) return blocks;
  }
};

const imageOf = (blocks: readonly VolumeBlock[]): Buffer => Buffer.concat(blocks.map(({ data }) => data));

/** Writes a store with two backups of a volume, that have all blocks but the first in common. */
const writeStore = async (root: string): Promise<Truth> => {
  const folder = join(root, volumeFolder(volume));
  const blocks = blocksApart(blocksOfVolume + 2);
  const common = blocks.slice(1, blocksOfVolume);
  const [first, second, third] = [0, blocksOfVolume, blocksOfVolume + 1].map((index) => [
    { offset: 0, data: blocks[index]?.data ?? new Uint8Array() },
    ...common,
  ]) as [VolumeBlock[], VolumeBlock[], VolumeBlock[]];
  const newest = imageOf(third);
  const images = Object.fromEntries(made.map((backup) => [backup, hash(newest)]));
  for (const [index, [backup, data]] of Object.entries({ [subject]: first, [kept]: second }).entries()) {
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
  const mappings = parseBackup(readFileSync(join(folder, backupConfigPath(subject)))).config?.blocks ?? [];
  return {
    images,
    newest,
    own: blockPath(mappings[0]?.checksum ?? ''),
    shared: blockPath(mappings[1]?.checksum ?? ''),
  };
};

/** What a backup's blocks come to, as a restore would write them; undefined for one that is not whole. */
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
  if (existsSync(join(folder, backupConfigPath(subject))))
    return restoredHash(root, subject) === images[subject] ? 'whole' : 'half';
  return existsSync(join(folder, own)) ? 'half' : 'gone';
};

/** What an operation said; where a restore wrote to, and what a new backup is called. */
type Ended = Said & { output: string; backup: string };

/** Where an operation is run, and what makes backups there. */
type Store = { name: string; root: string; url: string; replica?: MatrixReplica };

/** Judges how an operation ended by what it said, and by what is in the store, which is healed by now. */
const judge = async (
  { operation, trouble }: Pick<MatrixCell, 'operation'> & Partial<MatrixCell>,
  { root, truth, said }: { root: string; truth: Truth; said: Ended },
): Promise<Sign[]> => {
  const signs = new Set<Sign>();
  const { exitCode, stdout, output, backup } = said;
  const isRight = (): boolean => {
    const { [volume]: about, Name } = /^(list|inspect)/.test(operation) ? JSON.parse(stdout) : {};
    switch (operation) {
      case 'list volumes':
        return about !== undefined;
      // With a message nobody takes an empty list for the truth.
      case 'list backups':
        return (
          Object.keys(about?.Backups ?? {})
            .sort()
            .join() === `${subject},${kept}` || about?.Messages?.error !== undefined
        );
      case 'inspect':
        return Name === subject;
      case 'create':
        return restoredHash(root, backup) === truth.images[backup];
      case 'restore':
      case 'refresh a lock':
        return hash(readFileSync(output)) === truth.images[subject];
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
  if (isLost(kept) || (!/^(delete|take a lock)$/.test(operation) && isLost(subject)))
    signs.add('others-lost');
  if (stdout.includes('cannot find') && trouble !== 'no such file') signs.add('said-gone');
  if (exitCode === 0 && /^(create|delete)$/.test(operation)) {
    const source = folderSource(join(root, 'backupstore'));
    const { findings } = await checkStore(source, { now: Date.now(), verify: verifySample(source, 1 << 30) });
    if (findings.some(({ code }) => code === 'block-count-wrong' || code === 'last-backup-missing'))
      signs.add('wrong-count');
  }
  return [...signs];
};

/** What an operation runs on: a store, a mount that lies about copies of it, and an engine. */
export const openMatrix = async (folder: string, engine: Engine) => {
  const at = (name: string): string => join(folder, name);
  const truth = await writeStore(at('model'));
  mkdirSync(at('backing'));
  mkdirSync(at('bin'));
  // The engine's image has it; a raw image as a raw image is a copy.
  writeFileSync(
    at('bin/qemu-img'),
    '#!/bin/sh\n[ "$1 $2 $3" = "convert -O raw" ] && exec cp "$4" "$5"\nexit 1\n',
    {
      mode: 0o755,
    },
  );
  const rules = new Map<string, Rule>();
  const mounted = await mountTroubled({
    backing: at('backing'),
    path: at('mount'),
    lie: ({ what, path }) => {
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
    // Another's lock, which agrees with the operation: but for one operation nothing is in the way.
    const type = { create: 1, delete: 2, 'take a lock': 1, restore: 1 }[operation as 'delete'];
    if (type !== undefined) {
      const lock = join(root, volumeFolder(volume), `locks/${foreignLockName}.lck`);
      mkdirSync(dirname(lock));
      writeFileSync(lock, JSON.stringify({ Name: foreignLockName, Type: type, Acquired: true }));
    }
    const store = { name, root, url: `vfs://${join(mounted.path, name)}` };
    if (operation !== 'create') return store;
    // One of its own: what harms it is this store's.
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

  /** Runs an operation; `again`: for the second time in that store. */
  const run = async (
    operation: MatrixOperation,
    { url, replica }: Store,
    { again = false } = {},
  ): Promise<Ended & { isLate: boolean }> => {
    const cwd = mkdtempSync(at('work-'));
    const output = join(cwd, 'restored.img');
    const about = { output, backup: made[again ? 1 : 0] };
    if (replica !== undefined) {
      const givenUp = AbortSignal.timeout(longest);
      const said = await replica.backUp(url, about.backup, givenUp);
      return { ...about, ...said, isLate: givenUp.aborted };
    }
    const backup = `${url}?backup=${subject}&volume=${volume}`;
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
    const said = await execa(program, args, {
      cwd,
      env: { ...engine.environment, PATH: `${at('bin')}:${process.env.PATH}` },
      stdin: 'ignore',
      reject: false,
      timeout: operation === 'refresh a lock' ? longestHeld : longest,
      killSignal: 'SIGKILL',
    });
    return { ...about, exitCode: said.exitCode, stdout: said.stdout, isLate: said.timedOut };
  };

  /** Runs an operation in a store; a lock is refreshed in trouble until it was `met`, then once without. */
  const runIn = async (
    operation: MatrixOperation,
    store: Store,
    { rule, heal, isMet }: { rule: Rule; heal: () => void; isMet: () => boolean },
  ) => {
    if (operation !== 'refresh a lock') {
      rules.set(store.name, rule);
      const said = await run(operation, store);
      heal();
      return { ...said, hasPassed: false };
    }
    const restore = holdRestore((held) => rules.set(store.name, held));
    // One that is killed, as it takes too long, ends only when what it has asked for is answered.
    AbortSignal.timeout(longestHeld).addEventListener('abort', () => restore.letGo());
    const ended = run(operation, store);
    const whileHeld = async (): Promise<boolean> => {
      await restore.refreshed(rule, isMet);
      heal();
      await restore.refreshed(() => undefined);
      return (await run('take a lock', store)).exitCode === 0;
    };
    const hasPassed = await Promise.race([whileHeld(), ended.then(() => false)]);
    restore.letGo();
    return { ...(await ended), hasPassed };
  };

  return {
    /** What an operation asks of a sound store. */
    callsOf: async (operation: MatrixOperation): Promise<FileSystemCall[]> => {
      const calls: FileSystemCall[] = [];
      const store = await openStore(operation);
      const said = await runIn(operation, store, {
        rule: (call) => void calls.push(call),
        heal: () => {},
        isMet: () => calls.some(isWritten),
      });
      const signs = await judge({ operation }, { root: store.root, truth, said });
      await store.replica?.close();
      const isRight = operation === 'take a lock' ? said.exitCode === 1 : said.exitCode === 0;
      if (!isRight || said.hasPassed || signs.length > 0)
        throw new Error(`${operation} goes wrong in a sound store: ${signs.join(', ')} ${said.stdout}`);
      return calls;
    },

    placeOf: ({ place }: MatrixCell): string => places[place].path(truth.shared),

    run: async (cell: MatrixCell): Promise<Outcome> => {
      const started = performance.now();
      const { operation } = cell;
      const store = await openStore(operation);
      const { root } = store;
      let met = 0;
      const trouble = bringAbout(troubles[cell.trouble], {
        root,
        place: places[cell.place].path(truth.shared),
        triesAgain: operation === 'restore' && /block/.test(cell.place),
        count: () => {
          met += 1;
        },
      });
      const said = await runIn(operation, store, { ...trouble, isMet: () => met > 0 });
      const about = { root, truth };
      const signs = await judge(cell, { ...about, said });
      if (said.isLate) signs.push('hangs');
      if (said.hasPassed) signs.push('lock-passed');
      if (store.replica?.hasEnded()) signs.push('replica-lost');
      else if (said.exitCode !== 0 && operation !== 'take a lock' && !signs.includes('others-lost')) {
        const again = await run(operation, store, { again: true });
        signs.push(
          ...(again.exitCode === 0
            ? await judge({ operation }, { ...about, said: again })
            : ['no-recovery' as const]),
        );
      }
      await store.replica?.close();
      return {
        met,
        exitCode: said.exitCode ?? 'none',
        output: said.stdout.trim().slice(-300),
        signs,
        seconds: (performance.now() - started) / 1000,
      };
    },

    close: () => mounted.unmount(),
  };
};

type Rule = (call: FileSystemCall) => Lie | undefined;

type Field = {
  root: string;
  place: string;
  /** Whether the operation itself tries again what failed; then its second try meets a healed store. */
  triesAgain: boolean;
  count: () => void;
};

// A new lock is there with its name.
const isWritten = ({ what }: FileSystemCall): boolean => what === 'rename';

// Longer than a silent server: who asks for nothing more is done.
const quiet = stall + 500;

/** Holds a restore at its first block; meanwhile nothing but its lock is at work in its store. */
const holdRestore = (set: (rule: Rule) => void) => {
  const letGo = Promise.withResolvers<void>();
  let isHeld = false;
  let answer: Rule = () => undefined;
  set((call) => {
    // It reads some at once.
    if (!call.path.includes('/blocks/')) return isHeld ? answer(call) : undefined;
    if (call.what !== 'open') return undefined;
    isHeld = true;
    return { held: letGo.promise };
  });
  return {
    letGo: letGo.resolve,
    /** Answers by `rule` until its lock was refreshed, or could not be: until all is quiet once `isMet`. */
    refreshed: (rule: Rule, isMet?: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        let timer: NodeJS.Timeout | undefined;
        let isOver = false;
        answer = (call) => {
          const lie = rule(call);
          isOver ||= isMet?.() ?? isWritten(call);
          clearTimeout(timer);
          if (isOver) timer = setTimeout(resolve, quiet);
          return lie;
        };
      }),
  };
};

/** Runs cells against one engine. */
export type Matrix = Awaited<ReturnType<typeof openMatrix>>;

/** Makes the trouble: what the store answers, and what heals it, which does no harm a second time. */
const bringAbout = (trouble: Trouble, { root, place, triesAgain, count }: Field) => {
  const restore = 'file' in trouble ? change(join(root, place), trouble.file) : () => {};
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
    if (isHealed || !('file' in trouble ? call.path === place : trouble.hit(call, place))) return undefined;
    const now = performance.now();
    if (triesAgain && now - last > betweenTries + (silentUntil > 0 ? stall : 0)) {
      heal();
      return undefined;
    }
    last = now;
    hits += 1;
    if ('file' in trouble) {
      count();
      return undefined;
    }
    if (trouble.second && hits % 2 === 1) return undefined;
    count();
    const { lie } = trouble;
    if (lie === 'empty' || !('after' in lie)) return lie;
    // The client gives up once; from then on it says so at once.
    silentUntil ||= now + lie.after;
    return { ...lie, after: Math.max(0, silentUntil - now) };
  };
  return { rule, heal };
};

/** Changes a file of the store; the answer brings it back, unless the engine has changed it since. */
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
