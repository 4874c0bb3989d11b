import type { ExecFileOptions } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { StoreError } from '../backupstore/errors.ts';
import type { Clock } from '../clocks.ts';
import type { Log } from '../log.ts';
import type { Mutant } from '../mutants.ts';

// Read when it is called: see longhorn.ts.
const run = (file: string, args: string[], options: ExecFileOptions) =>
  promisify(process.getBuiltinModule('node:child_process').execFile)(file, args, options);

/**
 * Whose mount it is: the manager's, or that of a replica's process, which in Longhorn lives in another pod
 * and has mounts of its own.
 */
type Whose = 'manager' | 'replica';

type Options = { log: Log; clock: Clock };
type Mounting = Options & { whose: Whose; environment: NodeJS.ProcessEnv; mutant: Mutant | undefined };

/** How stores become folders. */
export type Mounts = {
  /** Makes a store's URL (without query) reachable, by the login of an environment, and gives its path. */
  mount(url: string, options: Mounting): Promise<string>;
  /** Takes a store away again, if it is there; one in use goes once it is no more. */
  unmount(url: string, options: Options): Promise<void>;
};

const mountsRoots: Record<Whose, string> = {
  manager: '/var/lib/longhorn-backupstore-mounts',
  replica: '/var/lib/longhorn-instance-manager/longhorn-backupstore-mounts',
};
const minorVersions = ['4.2', '4.1', '4.0'];

/**
 * Kind, server, path and mount point of an `nfs://HOST:/PATH` or `cifs://HOST/SHARE` URL, and the options that it has;
 * throws for any other.
 */
const parseURL = (
  url: string,
  whose: Whose,
): { kind: 'nfs' | 'cifs'; server: string; mountPoint: string; options: string | null } => {
  const [, kind, host = '', path = '', query] = /^(\w+):\/\/([^/?]*)(\/[^?]*)?(?:\?(.*))?$/.exec(url) ?? [];
  if (kind !== 'nfs' && kind !== 'cifs')
    throw new StoreError(
      `not emulated: a backup target of type ${kind ?? JSON.stringify(url)}, only nfs, cifs and s3 are`,
    );
  if (!host)
    throw new StoreError(
      kind === 'nfs'
        ? 'NFS path must follow format: nfs://<server-address>:/<share-name>/'
        : 'CIFS path must follow format: cifs://<server-address>/<share-name>/',
    );
  if (path.length < 2) throw new StoreError(`cannot find ${kind === 'nfs' ? kind : 'CIFS'} path`);
  return {
    kind,
    options: new URLSearchParams(query).get('nfsOptions'),
    server: host + path,
    mountPoint: `${mountsRoots[whose]}/${host.replaceAll('.', '_').replace(/:+$/, '')}${path}`.replace(
      /\/+$/,
      '',
    ),
  };
};

/** With which options a share on NFS is mounted, one after the other; those of its URL take the place of all others. */
const attemptsOf = (given: string | null): { options: string; called: string }[] =>
  given === null
    ? minorVersions.map((version) => ({
        options: `nfsvers=${version},actimeo=1,soft,timeo=300,retry=2`,
        called: `vers=${version}`,
      }))
    : [{ options: given, called: `nfsOptions=[${given.replaceAll(',', ' ')}] ` }];

const mountPoints = async (): Promise<string[]> =>
  (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').flatMap((line) => line.split(' ')[4] ?? []);

const reasonOf = (error: unknown, timeout: number): string => {
  const { killed, stderr, message } = error as { killed?: boolean; stderr?: string; message: string };
  return killed ? `no answer within ${timeout / 1_000} s` : (stderr?.trim() || message).replaceAll('\n', ' ');
};

type Read = (mountPoint: string) => Promise<unknown>;

/**
 * Reads mount points for as long as their servers take, as Longhorn does (B: util.go, EnsureMountPoint). Who
 * asks while one is being read gets the same answer, so that a silent server costs one thread of this process,
 * however often a manager looks.
 */
export const createReadOnce = (read: Read = readdir): Read => {
  const beingRead = new Map<string, Promise<unknown>>();
  return (mountPoint) => {
    // What comes later finds another mount there, maybe.
    const reading = beingRead.get(mountPoint) ?? read(mountPoint).finally(() => beingRead.delete(mountPoint));
    beingRead.set(mountPoint, reading);
    return reading;
  };
};

/**
 * Mounts a store as Longhorn does: one on NFS by 4.2, then 4.1, then 4.0, one on CIFS by its login, each attempt
 * bounded by clock.mountTimeout, and it stays mounted. The commands are children, so that a server which does not answer
 * costs a killed child and not a thread of this process; whether a mount is healthy is read within it, as
 * what is killed with it leaves nothing behind.
 */
const mount = async (
  url: string,
  read: Read,
  { log, clock, whose, environment, mutant }: Mounting,
): Promise<string> => {
  const { kind, server, mountPoint, options: given } = parseURL(url, whose);
  const limit = { timeout: clock.mountTimeout, killSignal: 'SIGKILL' } as const;
  if ((await mountPoints()).includes(mountPoint)) {
    log.warning(`Trying reading mount point ${mountPoint} to make sure it is healthy`);
    try {
      await read(mountPoint);
      return mountPoint;
    } catch (error) {
      log.warning(`Unmounting ${mountPoint}, which cannot be read`, {
        error: reasonOf(error, clock.mountTimeout),
      });
      await run('umount', ['-l', mountPoint], limit).catch(() => undefined);
    }
  }
  await mkdir(mountPoint, { recursive: true });
  if (kind === 'cifs') {
    log.info(`Mounting CIFS share ${url} on mount point ${mountPoint} with options [soft]`);
    // By variables, which are not seen in a list of processes (mount.cifs(8)); Longhorn has them in its arguments.
    const { CIFS_USERNAME: USER = '', CIFS_PASSWORD: PASSWD = '' } = environment;
    const env = { ...process.env, USER, PASSWD };
    try {
      await run('mount', ['-t', 'cifs', '-o', 'soft', `//${server}`, mountPoint], { ...limit, env });
      return mountPoint;
    } catch (error) {
      throw new StoreError(
        `cannot mount CIFS share ${server}, options [soft]: mount failed: ${reasonOf(error, clock.mountTimeout)}`,
      );
    }
  }
  const failures: string[] = [];
  for (const { options, called } of attemptsOf(mutant === 'nfs-options-ignored' ? null : given)) {
    log.info(`Mounting NFS share ${url} on mount point ${mountPoint} with options ${options}`);
    try {
      await run('mount', ['-t', 'nfs4', '-o', options, server, mountPoint], limit);
      return mountPoint;
    } catch (error) {
      failures.push(`${called}: ${reasonOf(error, clock.mountTimeout)}`);
    }
  }
  throw new StoreError(`cannot mount nfs ${server}: ${failures.join('; ')}: cannot mount using NFSv4`);
};

// Lazily: the server may have gone, and then no other way works.
const unmount = async (url: string, { log, clock }: Options): Promise<void> => {
  const own = (['manager', 'replica'] as const).map((whose) => parseURL(url, whose).mountPoint);
  const there = new Set((await mountPoints()).filter((each) => own.includes(each)));
  if (there.size === 0) return;
  log.info(`Unmounting ${[...there].join(', ')}`);
  await run('umount', ['-l', ...there], { timeout: clock.mountTimeout, killSignal: 'SIGKILL' });
};

/** Stores on NFS and CIFS, mounted for the container this process runs in. */
export const nodeMounts = (): Mounts => {
  const read = createReadOnce();
  return { mount: (url, options) => mount(url, read, options), unmount };
};
