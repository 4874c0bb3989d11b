import type { ExecFileOptions } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { StoreError } from '../backupstore/errors.ts';
import type { Clock } from '../clocks.ts';
import type { Log } from '../log.ts';
import type { Mutant } from '../mutants.ts';

// The module is loaded on its first use: see longhorn.ts.
const run = (file: string, args: string[], options: ExecFileOptions) =>
  promisify(process.getBuiltinModule('node:child_process').execFile)(file, args, options);

/** The process that a mount belongs to. In Longhorn, a replica's process runs in another pod and has its own mounts. */
type MountOwner = 'manager' | 'replica';

type Options = { log: Log; clock: Clock };
type MountOptions = Options & {
  whose: MountOwner;
  environment: NodeJS.ProcessEnv;
  mutant: Mutant | undefined;
};

/** Mounts stores as folders. */
export type Mounts = {
  /** Mounts a store's URL (without query) with the credentials of an environment, and returns the path. */
  mount(url: string, options: MountOptions): Promise<string>;
  /** Unmounts a store if it is mounted. A mount in use goes after its last use. */
  unmount(url: string, options: Options): Promise<void>;
};

const mountsRoots: Record<MountOwner, string> = {
  manager: '/var/lib/longhorn-backupstore-mounts',
  replica: '/var/lib/longhorn-instance-manager/longhorn-backupstore-mounts',
};
const minorVersions = ['4.2', '4.1', '4.0'];

/**
 * Kind, server, mount point and options of an `nfs://HOST:/PATH` or `cifs://HOST/SHARE` URL. Throws for any other URL.
 */
const parseURL = (
  url: string,
  whose: MountOwner,
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

/** The mount options for NFS, in the order of the attempts. Options in the URL replace all of them. */
const attemptsOf = (
  given: string | null,
  mutant: Mutant | undefined,
): { options: string; called: string }[] =>
  given === null
    ? minorVersions.map((version) => ({
        options: `nfsvers=${version}${mutant === 'nfs-defaults-forgotten' ? '' : ',actimeo=1,soft,timeo=300,retry=2'}`,
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
 * Reads mount points without a time limit, as Longhorn does (B: util.go, EnsureMountPoint). Concurrent
 * callers share one read, so a silent server blocks only one thread of this process.
 */
export const createSharedReader = (read: Read = readdir): Read => {
  const beingRead = new Map<string, Promise<unknown>>();
  return (mountPoint) => {
    // A later call may find another mount there.
    const reading = beingRead.get(mountPoint) ?? read(mountPoint).finally(() => beingRead.delete(mountPoint));
    beingRead.set(mountPoint, reading);
    return reading;
  };
};

/**
 * Mounts a store as Longhorn does: NFS with 4.2, then 4.1, then 4.0, CIFS with its login. Each attempt has
 * the limit clock.mountTimeout. The store stays mounted. mount and umount are child processes, so that a
 * silent server costs a killed child, not a thread of this process. The health check of a mount is a read in
 * this process: it leaves nothing behind when the process is killed.
 */
const mount = async (
  url: string,
  read: Read,
  { log, clock, whose, environment, mutant }: MountOptions,
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
    // Passed as variables, which a list of processes does not show (mount.cifs(8)). Longhorn passes them as arguments.
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
  for (const { options, called } of attemptsOf(mutant === 'nfs-options-ignored' ? null : given, mutant)) {
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

// Lazy: if the server is gone, no other unmount works.
const unmount = async (url: string, { log, clock }: Options): Promise<void> => {
  const own = (['manager', 'replica'] as const).map((whose) => parseURL(url, whose).mountPoint);
  const there = new Set((await mountPoints()).filter((each) => own.includes(each)));
  if (there.size === 0) return;
  log.info(`Unmounting ${[...there].join(', ')}`);
  await run('umount', ['-l', ...there], { timeout: clock.mountTimeout, killSignal: 'SIGKILL' });
};

/** Mounts stores on NFS and CIFS in the container of this process. */
export const createNodeMounts = (): Mounts => {
  const read = createSharedReader();
  return { mount: (url, options) => mount(url, read, options), unmount };
};
