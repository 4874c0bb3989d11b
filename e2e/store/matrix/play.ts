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
import { parseBackup } from '../format/config.ts';
import { decompress } from '../format/decompress.ts';
import { folderSource } from '../format/folder-source.ts';
import { backupConfigPath, blockPath, checksumOf, volumeFolder } from '../format/layout.ts';
import { blockSize } from '../format/pack-block.ts';
import { randomBlocks } from '../format/random-blocks.ts';
import { type VolumeBlock, writeBackup } from '../format/write-backup.ts';
import { checkStore } from '../fsck/fsck.ts';
import { verifySample } from '../fsck/verify-sample.ts';
import {
  asked,
  type Cell,
  foreignLock,
  kept,
  type Operation,
  places,
  type Sign,
  stall,
  type Trouble,
  troubles,
  volume,
} from './cells.ts';
import { type Call, type Lie, mountTroubled } from './fuse.ts';

/** A longhorn command. */
export type Engine = {
  command: readonly string[];
  environment: Record<string, string>;
};

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
// Between a restore's tries to read a block it waits for a second and more; its first ones come all at once.
const betweenTries = 500;

const blocksOfVolume = 5;
const size = blocksOfVolume * blockSize;
const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

type Truth = {
  /** Of the images, by backup. */
  images: Record<string, string>;
  /** Paths in the volume's folder of a block that both backups refer to, and of one that only `asked` does. */
  shared: string;
  own: string;
};

// One in 256 pairs would share a folder of `blocks/`: then the trouble of one block's place is the other's.
const blocksApart = (): VolumeBlock[] => {
  for (;;) {
    const blocks = [...randomBlocks(size)];
    if (new Set(blocks.map(({ data }) => checksumOf(data).slice(0, 2))).size === blocks.length) return blocks;
  }
};

/** Writes a store with two backups of a volume, that have all blocks but the first in common. */
const writeStore = async (root: string): Promise<Truth> => {
  const folder = join(root, volumeFolder(volume));
  const blocks = blocksApart();
  const [first] = randomBlocks(blockSize);
  if (first === undefined) throw new Error('no blocks');
  const versions = {
    [asked]: blocks,
    [kept]: [first, ...blocks.slice(1)],
  };
  const images: Record<string, string> = {};
  for (const [index, [backup, data]] of Object.entries(versions).entries()) {
    const image = Buffer.concat(data.map(({ data }) => data));
    images[backup] = hash(image);
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
  const mappings = parseBackup(readFileSync(join(folder, backupConfigPath(asked)))).config?.blocks ?? [];
  return {
    images,
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
  if (existsSync(join(folder, backupConfigPath(asked))))
    return restoredHash(root, asked) === images[asked] ? 'whole' : 'half';
  return existsSync(join(folder, own)) ? 'half' : 'gone';
};

type Said = { exitCode: number | undefined; stdout: string; output: string };

type Store = { name: string; root: string; url: string };

/** Judges how an operation ended by what it said, and by what is in the store, which is healed by now. */
const judge = async (
  { operation, trouble }: Pick<Cell, 'operation'> & Partial<Cell>,
  { root, truth, said }: { root: string; truth: Truth; said: Said },
): Promise<Sign[]> => {
  const signs = new Set<Sign>();
  const { exitCode, stdout, output } = said;
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
            .join() === `${asked},${kept}` || about?.Messages?.error !== undefined
        );
      case 'inspect':
        return Name === asked;
      case 'restore':
        return hash(readFileSync(output)) === truth.images[asked];
      case 'take a lock':
        return false;
      case 'delete':
        return stateOf(root, truth) === 'gone';
    }
  };
  const wrong: Partial<Record<Operation, Sign>> = {
    'list volumes': 'wrong-answer',
    'list backups': 'wrong-answer',
    inspect: 'wrong-answer',
    'take a lock': 'lock-passed',
  };
  if (exitCode === 0 && !isRight()) signs.add(wrong[operation] ?? 'not-done');
  if (operation === 'delete' && exitCode !== 0 && stateOf(root, truth) === 'half') signs.add('half-gone');
  const isLost = (backup: string): boolean => restoredHash(root, backup) !== truth.images[backup];
  if (isLost(kept) || (!/^(delete|take a lock)$/.test(operation) && isLost(asked))) signs.add('others-lost');
  if (stdout.includes('cannot find') && trouble !== 'no such file') signs.add('said-gone');
  if (exitCode === 0 && operation === 'delete') {
    const source = folderSource(join(root, 'backupstore'));
    const { findings } = await checkStore(source, { now: Date.now(), verify: verifySample(source, 1 << 30) });
    if (findings.some(({ code }) => code === 'block-count-wrong' || code === 'last-backup-missing'))
      signs.add('wrong-count');
  }
  return [...signs];
};

/** The field of play: a store, a mount that lies about copies of it, and an engine. */
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
  const rules = new Map<string, (call: Call) => Lie | undefined>();
  const mounted = await mountTroubled({
    backing: at('backing'),
    path: at('mount'),
    lie: ({ what, path }) => {
      const [store = '', ...rest] = path.split('/');
      return rest.length > 0 ? rules.get(store)?.({ what, path: rest.join('/') }) : undefined;
    },
  });
  let stores = 0;
  const openStore = (operation: Operation): Store => {
    stores += 1;
    const name = `store-${stores}`;
    const root = join(at('backing'), name);
    cpSync(at('model'), root, { recursive: true });
    // Another's lock, which agrees with what is played: but for one operation nothing is in the way.
    const type = { delete: 2, 'take a lock': 1, restore: 1 }[operation as 'delete'];
    if (type !== undefined) {
      const lock = join(root, volumeFolder(volume), `locks/${foreignLock}.lck`);
      mkdirSync(dirname(lock));
      writeFileSync(lock, JSON.stringify({ Name: foreignLock, Type: type, Acquired: true }));
    }
    return { name, root, url: `vfs://${join(mounted.path, name)}` };
  };

  const run = async (operation: Operation, url: string): Promise<Said & { isLate: boolean }> => {
    const cwd = mkdtempSync(at('work-'));
    const output = join(cwd, 'restored.img');
    const backup = `${url}?backup=${asked}&volume=${volume}`;
    const [program = '', ...args] = [
      ...engine.command,
      ...{
        'list volumes': ['backup', 'ls', '--volume-only', url],
        'list backups': ['backup', 'ls', '--volume', volume, url],
        inspect: ['backup', 'inspect', backup],
        restore: ['backup', 'restore-to-file', backup, '--output-file', output, '--output-format', 'raw'],
        delete: ['backup', 'rm', backup],
        'take a lock': ['backup', 'rm', backup],
      }[operation],
    ];
    const said = await execa(program, args, {
      cwd,
      env: { ...engine.environment, PATH: `${at('bin')}:${process.env.PATH}` },
      stdin: 'ignore',
      reject: false,
      timeout: longest,
      killSignal: 'SIGKILL',
    });
    return { exitCode: said.exitCode, stdout: said.stdout, output, isLate: said.timedOut };
  };

  return {
    /** What an operation asks of a sound store. */
    callsOf: async (operation: Operation): Promise<Call[]> => {
      const calls: Call[] = [];
      const { name, root, url } = openStore(operation);
      rules.set(name, (call) => void calls.push(call));
      const said = await run(operation, url);
      const signs = await judge({ operation }, { root, truth, said });
      const isRight = operation === 'take a lock' ? said.exitCode === 1 : said.exitCode === 0;
      if (!isRight || signs.length > 0)
        throw new Error(`${operation} goes wrong in a sound store: ${signs.join(', ')} ${said.stdout}`);
      return calls;
    },

    placeOf: ({ place }: Cell): string => places[place].path(truth.shared),

    play: async (cell: Cell): Promise<Outcome> => {
      const started = performance.now();
      const { operation } = cell;
      const { root, name, url } = openStore(operation);
      let met = 0;
      const heal = bringAbout(troubles[cell.trouble], {
        root,
        place: places[cell.place].path(truth.shared),
        triesAgain: operation === 'restore' && /block/.test(cell.place),
        rule: (rule) => (rule === undefined ? rules.delete(name) : rules.set(name, rule)),
        count: () => {
          met += 1;
        },
      });
      const said = await run(operation, url);
      heal();
      const about = { root, truth };
      const signs = await judge(cell, { ...about, said });
      if (said.isLate) signs.push('hangs');
      if (said.exitCode !== 0 && operation !== 'take a lock' && !signs.includes('others-lost')) {
        const again = await run(operation, url);
        const left = await judge({ operation }, { ...about, said: again });
        if (again.exitCode !== 0 || left.length > 0) signs.push('no-recovery');
      }
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

type Field = {
  root: string;
  place: string;
  /** Whether the operation itself tries again what failed; then its second try meets a healed store. */
  triesAgain: boolean;
  rule: (rule: ((call: Call) => Lie | undefined) | undefined) => void;
  count: () => void;
};

/** Plays cells against one engine. */
export type Matrix = Awaited<ReturnType<typeof openMatrix>>;

/** Makes the trouble; the answer heals it, more than once does no harm. */
const bringAbout = (trouble: Trouble, { root, place, triesAgain, rule, count }: Field): (() => void) => {
  const restore = 'file' in trouble ? change(join(root, place), trouble.file) : () => {};
  let isHealed = false;
  const heal = (): void => {
    if (isHealed) return;
    isHealed = true;
    rule(undefined);
    restore();
  };
  let hits = 0;
  let silentUntil = 0;
  let last = Number.POSITIVE_INFINITY;
  rule((call) => {
    if (!('file' in trouble ? call.path === place : trouble.hit(call, place))) return undefined;
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
    if (lie === 'empty' || lie.after === undefined) return lie;
    // The client gives up once; from then on it says so at once.
    silentUntil ||= now + lie.after;
    return { ...lie, after: Math.max(0, silentUntil - now) };
  });
  return heal;
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
