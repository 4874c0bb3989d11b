import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

/** The result of a command: its exit code and its output. */
export type CommandResult = { exitCode: number | undefined; stdout: string };

/** The snapshot of a replica, of a volume of `image.length` bytes. The folder must be empty. */
export type ReplicaSnapshot = { folder: string; volume: string; snapshot: string; image: Buffer };

/** A replica with one snapshot, of which it makes backups. */
export type MatrixReplica = {
  /** Makes a backup in a store. Waits until it ends, or until `givenUp` aborts. */
  backUp(url: string, backup: string, givenUp: AbortSignal): Promise<CommandResult>;
  /** Whether it has ended by itself. */
  hasEnded(): boolean;
  /** Ends it. Its folder stays. */
  close(): Promise<void>;
};

// A replica uses its port, the next two, and ten for its sync agent. The port of the controller follows.
const portsOfReplica = 13;

const canListen = async (port: number): Promise<boolean> => {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
};

// Below the port range that the kernel uses for outgoing connections.
const freePorts = async (): Promise<number> => {
  for (;;) {
    const first = 10_000 + Math.floor(Math.random() * 19_000);
    const ports = Array.from({ length: portsOfReplica + 1 }, (_, index) => first + index);
    if ((await Promise.all(ports.map(canListen))).every(Boolean)) return first;
  }
};

// In ms. An upload does not report its progress, so it is polled. A manager does so every 2 s (longhorn-manager,
// engineapi/backup_monitor.go).
const pause = 200;

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

/** Waits until a process ends, or until `givenUp` aborts. */
const whenEnded = async (child: ChildProcess, givenUp?: AbortSignal): Promise<void> => {
  if (!hasEnded(child)) await once(child, 'exit', givenUp && { signal: givenUp }).catch(() => undefined);
};

/** Kills a process that this process started, and waits for its end. */
const end = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGKILL');
  await whenEnded(child);
};

/** Starts a server of the engine, which ends with this process. Resolves when it has logged all texts of `said`. */
const start = async (binary: string, args: readonly string[], said: readonly string[]) => {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', binary, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const missing = new Set(said);
  const ready = Promise.withResolvers<void>();
  let last = 'it said nothing';
  createInterface(child.stderr).on('line', (line) => {
    last = line;
    for (const text of missing) if (line.includes(text)) missing.delete(text);
    if (missing.size === 0) ready.resolve();
  });
  child.on('error', ready.reject);
  child.on('close', () =>
    ready.reject(new Error(`longhorn ${args[0]} ended before it could be used: ${last}`)),
  );
  await ready.promise;
  return child;
};

/**
 * Starts a replica of a real engine (v1 data engine) and its controller, without a frontend. They listen on loopback
 * and need no special rights. Throws with the last log line if one does not start.
 */
export const openReplica = async (
  binary: string,
  { folder, volume, snapshot, image }: ReplicaSnapshot,
): Promise<MatrixReplica> => {
  const first = await freePorts();
  const [replica, controller] = [`127.0.0.1:${first}`, `127.0.0.1:${first + portsOfReplica}`];
  const size = String(image.length);
  const servers: ChildProcess[] = [];
  const close = async (): Promise<void> => {
    for (const server of servers.splice(0).reverse()) await end(server);
  };
  const ask = (...args: string[]) =>
    execa(binary, ['--url', controller, '--volume-name', volume, ...args], { reject: false });
  try {
    servers.push(
      await start(
        binary,
        ['replica', '--listen', replica, '--size', size, folder],
        ['Listening on gRPC Replica server', 'Listening on data server', 'Listening on sync '],
      ),
    );
    writeFileSync(join(folder, 'volume-head-000.img'), image, { flag: 'r+' });
    const sizes = ['--size', size, '--current-size', size];
    const args = ['controller', '--listen', controller, ...sizes, '--replica', `tcp://${replica}`, volume];
    servers.push(await start(binary, args, ['Listening on gRPC Controller server']));
    const { exitCode, stderr } = await ask('snapshot', 'create', snapshot);
    if (exitCode !== 0) throw new Error(`longhorn snapshot create failed: ${stderr.trim()}`);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    backUp: async (url, backup, givenUp) => {
      const options = ['--backup-name', backup, '--compression-method', 'gzip'];
      const { exitCode, stdout, stderr } = await ask('backup', 'create', snapshot, '--dest', url, ...options);
      // The sync agent has ended. The replica ends a moment later.
      if (stderr.includes('code = Unavailable') && servers[0] !== undefined)
        await whenEnded(servers[0], givenUp);
      if (exitCode !== 0) return { exitCode, stdout: `${stdout}\n${stderr}` };
      while (!givenUp.aborted) {
        const status = await ask('backup', 'status', backup, '--replica', `tcp://${replica}`);
        const { state, error } = status.exitCode === 0 ? JSON.parse(status.stdout) : { error: status.stderr };
        if (error) return { exitCode: 1, stdout: error };
        if (state === 'complete') return { exitCode: 0, stdout: status.stdout };
        await sleep(pause);
      }
      return { exitCode: undefined, stdout: '' };
    },
    hasEnded: () => servers.some(hasEnded),
    close,
  };
};
