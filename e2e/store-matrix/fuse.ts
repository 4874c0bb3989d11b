import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  read,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { constants as os } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export type ErrorName = 'EACCES' | 'EIO' | 'ENOENT' | 'ENOSPC' | 'ESTALE';

/**
 * A call of a process to the file system. `path` is relative to the mount. For a new or renamed entry it is the path
 * of that entry.
 */
export type FileSystemCall = {
  what: 'look' | 'list' | 'scan' | 'open' | 'read' | 'write' | 'create' | 'remove' | 'rename';
  path: string;
};

/** A wrong answer to a call: an error, optionally after some ms; an empty folder; or the right answer, delayed. */
export type CallFault = { error: ErrorName; after?: number } | 'empty' | { held: Promise<void> };

type FaultyFolder = { path: string; unmount(): Promise<void> };

// From the kernel's include/uapi/linux/fuse.h, version 7.31. Sizes are in bytes; the numbers are opcodes.
const headerSize = 40;
const maxWrite = 128 * 1024;
const requests: Record<number, string> = {
  1: 'lookup',
  3: 'getattr',
  4: 'setattr',
  9: 'mkdir',
  10: 'unlink',
  11: 'rmdir',
  12: 'rename',
  14: 'open',
  15: 'read',
  16: 'write',
  17: 'statfs',
  18: 'release',
  20: 'fsync',
  25: 'flush',
  26: 'init',
  27: 'opendir',
  28: 'readdir',
  29: 'releasedir',
  30: 'fsyncdir',
  35: 'create',
  45: 'rename2',
};
// FORGET, INTERRUPT and BATCH_FORGET. Go programs cause INTERRUPT often, through the signals of their runtime.
const withoutAnswer = new Set([2, 36, 42]);

class Refused extends Error {
  readonly errno: number;
  constructor(errno: number) {
    super(`errno ${errno}`);
    this.errno = errno;
  }
}

type Request = { name: string; node: number; body: Buffer };

const number = (body: Buffer, at: number): number => Number(body.readBigUInt64LE(at));
const names = (body: Buffer, from: number): string[] => body.toString('utf8', from).split('\0');

const attributes = ({
  ino,
  size,
  blocks,
  atimeMs,
  mtimeMs,
  ctimeMs,
  mode,
  nlink,
  uid,
  gid,
  blksize,
}: Stats) => {
  const out = Buffer.alloc(88);
  const times = [atimeMs, mtimeMs, ctimeMs];
  for (const [index, value] of [ino, size, blocks, ...times.map((time) => Math.floor(time / 1000))].entries())
    out.writeBigUInt64LE(BigInt(value), index * 8);
  const parts = [...times.map((time) => Math.floor((time % 1000) * 1e6)), mode, nlink, uid, gid, 0, blksize];
  for (const [index, value] of parts.entries()) out.writeUInt32LE(value, 48 + index * 4);
  return out;
};

/** Answers requests from the folder `backing`, or as `fault` decides. */
const answerer = (backing: string, fault: (call: FileSystemCall) => CallFault | undefined) => {
  const paths = new Map<number, string>([[1, '']]);
  const nodes = new Map<string, number>([['', 1]]);
  const handles = new Map<number, string[]>();
  let last = 1;

  const nodeOf = (path: string): number => {
    const known = nodes.get(path);
    if (known !== undefined) return known;
    last += 1;
    nodes.set(path, last);
    paths.set(last, path);
    return last;
  };
  const real = (path: string): string => join(backing, path);
  const pathOf = (node: number): string => {
    const path = paths.get(node);
    if (path === undefined) throw new Refused(os.errno.ESTALE);
    return path;
  };
  const moved = (from: string, to: string): void => {
    for (const [path, node] of [...nodes]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      const now = to + path.slice(from.length);
      nodes.delete(path);
      nodes.set(now, node);
      paths.set(node, now);
    }
  };
  const entry = (path: string): Buffer => {
    const stat = lstatSync(real(path));
    const out = Buffer.alloc(40);
    out.writeBigUInt64LE(BigInt(nodeOf(path)), 0);
    return Buffer.concat([out, attributes(stat)]);
  };
  const attr = (path: string): Buffer => Buffer.concat([Buffer.alloc(16), attributes(lstatSync(real(path)))]);
  const opened = (handle: number): Buffer => {
    const out = Buffer.alloc(16);
    out.writeBigUInt64LE(BigInt(handle), 0);
    return out;
  };

  const intercept = async (call: FileSystemCall): Promise<'empty' | undefined> => {
    const answer = fault(call);
    if (answer === undefined || answer === 'empty') return answer;
    if ('held' in answer) {
      await answer.held;
      return undefined;
    }
    if (answer.after !== undefined && answer.after > 0) await sleep(answer.after);
    throw new Refused(os.errno[answer.error]);
  };
  const child = (node: number, name: string | undefined): string => join(pathOf(node), name ?? '');
  const nothing = Buffer.alloc(0);

  const rename = async (from: string, to: string): Promise<Buffer> => {
    await intercept({ what: 'rename', path: from });
    renameSync(real(from), real(to));
    nodes.delete(to);
    moved(from, to);
    return nothing;
  };

  const handlers: Record<string, (request: Request) => Buffer | Promise<Buffer>> = {
    init: ({ body }) => {
      const out = Buffer.alloc(64);
      for (const [at, value] of [
        [0, 7],
        [4, 31],
        [8, body.readUInt32LE(8)],
        [20, maxWrite],
        [24, 1],
      ] as const)
        out.writeUInt32LE(value, at);
      return out;
    },
    lookup: async ({ node, body }) => {
      const path = child(node, names(body, 0)[0]);
      await intercept({ what: 'look', path });
      return entry(path);
    },
    getattr: async ({ node }) => {
      await intercept({ what: 'look', path: pathOf(node) });
      return attr(pathOf(node));
    },
    setattr: async ({ node, body }) => {
      const path = pathOf(node);
      const valid = body.readUInt32LE(0);
      await intercept({ what: 'write', path });
      if (valid & 8) truncateSync(real(path), number(body, 16));
      if (valid & 32) utimesSync(real(path), number(body, 32), number(body, 40));
      return attr(path);
    },
    mkdir: async ({ node, body }) => {
      const path = child(node, names(body, 8)[0]);
      await intercept({ what: 'create', path });
      mkdirSync(real(path), { mode: body.readUInt32LE(0) & 0o777 });
      return entry(path);
    },
    unlink: async ({ node, body }) => {
      const path = child(node, names(body, 0)[0]);
      await intercept({ what: 'remove', path });
      unlinkSync(real(path));
      nodes.delete(path);
      return nothing;
    },
    rmdir: async ({ node, body }) => {
      const path = child(node, names(body, 0)[0]);
      await intercept({ what: 'remove', path });
      rmdirSync(real(path));
      nodes.delete(path);
      return nothing;
    },
    rename: ({ node, body }) => {
      const [from, to] = names(body, 8);
      return rename(child(node, from), child(number(body, 0), to));
    },
    rename2: ({ node, body }) => {
      const [from, to] = names(body, 16);
      return rename(child(node, from), child(number(body, 0), to));
    },
    open: async ({ node, body }) => {
      await intercept({ what: 'open', path: pathOf(node) });
      return opened(openSync(real(pathOf(node)), body.readUInt32LE(0) & ~constants.O_CREAT));
    },
    create: async ({ node, body }) => {
      const path = child(node, names(body, 16)[0]);
      await intercept({ what: 'create', path });
      const handle = openSync(real(path), body.readUInt32LE(0) | constants.O_CREAT);
      fchmodSync(handle, body.readUInt32LE(4) & 0o777);
      return Buffer.concat([entry(path), opened(handle)]);
    },
    read: async ({ node, body }) => {
      await intercept({ what: 'read', path: pathOf(node) });
      const out = Buffer.alloc(body.readUInt32LE(16));
      return out.subarray(0, readSync(number(body, 0), out, 0, out.length, number(body, 8)));
    },
    write: async ({ node, body }) => {
      await intercept({ what: 'write', path: pathOf(node) });
      const out = Buffer.alloc(8);
      out.writeUInt32LE(
        writeSync(number(body, 0), body.subarray(40), 0, body.readUInt32LE(16), number(body, 8)),
      );
      return out;
    },
    flush: () => nothing,
    fsync: ({ body }) => {
      fsyncSync(number(body, 0));
      return nothing;
    },
    release: ({ body }) => {
      closeSync(number(body, 0));
      return nothing;
    },
    opendir: async ({ node }) => {
      const path = pathOf(node);
      await intercept({ what: 'list', path });
      const handle = 1_000_000 + last;
      last += 1;
      handles.set(handle, ['.', '..', ...readdirSync(real(path))]);
      return opened(handle);
    },
    readdir: async ({ node, body }) => {
      const listed = handles.get(number(body, 0)) ?? [];
      const empty = (await intercept({ what: 'scan', path: pathOf(node) })) === 'empty';
      return entries(empty ? listed.slice(0, 2) : listed, number(body, 8), body.readUInt32LE(16));
    },
    fsyncdir: () => nothing,
    releasedir: ({ body }) => {
      handles.delete(number(body, 0));
      return nothing;
    },
    statfs: () => {
      const out = Buffer.alloc(80);
      for (const at of [0, 8, 16, 24, 32]) out.writeBigUInt64LE(1_000_000n, at);
      for (const [at, value] of [
        [40, 4096],
        [44, 255],
        [48, 4096],
      ] as const)
        out.writeUInt32LE(value, at);
      return out;
    },
  };
  return async (opcode: number, request: Omit<Request, 'name'>): Promise<Buffer> => {
    const name = requests[opcode] ?? '';
    const handler = handlers[name];
    if (handler === undefined) throw new Refused(os.errno.ENOSYS);
    return handler({ name, ...request });
  };
};

const entries = (listed: readonly string[], from: number, most: number): Buffer => {
  const out: Buffer[] = [];
  let size = 0;
  for (const [index, name] of listed.slice(from).entries()) {
    const bytes = Buffer.byteLength(name);
    const one = Buffer.alloc(24 + Math.ceil(bytes / 8) * 8);
    if (size + one.length > most) break;
    one.writeBigUInt64LE(BigInt(from + index + 1), 0);
    one.writeBigUInt64LE(BigInt(from + index + 1), 8);
    one.writeUInt32LE(bytes, 16);
    one.write(name, 24);
    out.push(one);
    size += one.length;
  }
  return Buffer.concat(out);
};

const command = async (program: string, args: string[], third?: number): Promise<void> => {
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe', ...(third === undefined ? [] : [third])],
  });
  let said = '';
  child.stderr?.on('data', (part) => {
    said += part;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${said.trim()}`);
};

const errnoOf = (error: unknown): number => {
  if (error instanceof Refused) return error.errno;
  const { errno } = error as NodeJS.ErrnoException;
  if (errno === undefined) throw error;
  return -errno;
};

const openDevice = (): number => {
  try {
    return openSync('/dev/fuse', constants.O_RDWR);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const mend =
      code === 'EACCES'
        ? 'let this user read and write it (0666, as Debian has it), or run it as root'
        : "load the kernel's module fuse";
    throw new Error(`${message}: ${mend}`, { cause: error });
  }
};

/**
 * Mounts a file system that this process serves: a copy of `backing`, except for the answers of `fault`. All programs
 * see the same failures. It needs the right to mount, so it must run in its own mount namespace. This process must
 * never access `path`, because it would wait for itself.
 */
export const mountFaulty = async ({
  backing,
  path,
  fault,
}: {
  backing: string;
  path: string;
  fault: (call: FileSystemCall) => CallFault | undefined;
}): Promise<FaultyFolder> => {
  mkdirSync(path, { recursive: true });
  const device = openDevice();
  const answer = answerer(backing, fault);
  const reply = (unique: bigint, error: number, body: Buffer): void => {
    const header = Buffer.alloc(16);
    header.writeUInt32LE(16 + body.length, 0);
    header.writeInt32LE(-error, 4);
    header.writeBigUInt64LE(unique, 8);
    try {
      writeSync(device, Buffer.concat([header, body]));
    } catch (error) {
      // The process that sent the request may have ended. Any other request that stays unanswered hangs its process.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  };
  const take = async (message: Buffer): Promise<void> => {
    const opcode = message.readUInt32LE(4);
    const unique = message.readBigUInt64LE(8);
    if (withoutAnswer.has(opcode)) return;
    const node = number(message, 16);
    try {
      const body = await answer(opcode, { node, body: message.subarray(headerSize) });
      reply(unique, 0, body);
    } catch (error) {
      reply(unique, errnoOf(error), Buffer.alloc(0));
    }
  };
  const ended = Promise.withResolvers<void>();
  const next = (): void => {
    const buffer = Buffer.alloc(maxWrite + 8192);
    read(device, buffer, 0, buffer.length, null, (error, length) => {
      if (error?.code === 'ENODEV') return ended.resolve();
      if (error && !['EINTR', 'EAGAIN', 'ENOENT'].includes(error.code ?? '')) return ended.reject(error);
      if (!error) void take(buffer.subarray(0, length));
      next();
    });
  };
  const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
  await command('mount', ['-i', '-t', 'fuse', '-o', options, `corral-${basename(path)}`, path], device);
  next();
  return {
    path,
    unmount: async () => {
      await command('umount', ['-l', path]);
      await ended.promise;
      closeSync(device);
    },
  };
};
