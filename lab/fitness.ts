import { constants, readFileSync } from 'node:fs';
import { access, readFile, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { shorten } from '../e2e/kube/text.ts';
import type { PreconditionFailure } from '../e2e/machine/precondition-error.ts';
import { PreconditionError } from '../e2e/machine/precondition-error.ts';
import { namespaceArguments } from './run/settings.ts';
import type { LabSize } from './size.ts';

const numberIn = (file: string): number | undefined => {
  try {
    const value = Number(readFileSync(file, 'utf8'));
    return Number.isNaN(value) ? undefined : value;
  } catch {
    return undefined;
  }
};

/** Bytes of inactive file cache in a control group. The kernel frees them when memory is needed. */
const reclaimable = (folder: string): number => {
  try {
    const stat = readFileSync(join(folder, 'memory.stat'), 'utf8');
    // Version 1 has the group's own value, and as total the value with all groups below it. Version 2 has
    // only the latter.
    const [, bytes = '0'] =
      /^total_inactive_file (\d+)$/m.exec(stat) ?? /^inactive_file (\d+)$/m.exec(stat) ?? [];
    return Number(bytes);
  } catch {
    return 0;
  }
};

const leftIn = (folder: string): number => {
  const limit = numberIn(join(folder, 'memory.max')) ?? numberIn(join(folder, 'memory.limit_in_bytes'));
  const used = numberIn(join(folder, 'memory.current')) ?? numberIn(join(folder, 'memory.usage_in_bytes'));
  return limit === undefined || used === undefined
    ? Number.POSITIVE_INFINITY
    : limit - used + reclaimable(folder);
};

/**
 * The folders of the control groups that limit this process, its own first. Version 2 has one tree, version 1
 * a separate tree for memory.
 */
const groupsOf = (root: string, memberships: string): string[] => {
  const [, path = '/'] =
    /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m.exec(memberships) ?? /^0::(.*)$/m.exec(memberships) ?? [];
  const base = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:/m.test(memberships) ? join(root, 'memory') : root;
  const folders = [base];
  for (let each = path; each !== '/' && each !== '.'; each = dirname(each)) folders.unshift(join(base, each));
  return folders;
};

/**
 * The memory in bytes that this process and its children can still use: the machine's free memory, or less if a control
 * group limits it. `root` and `memberships` are `/sys/fs/cgroup` and the content of `/proc/self/cgroup`.
 */
export const freeMemory = (
  root = '/sys/fs/cgroup',
  memberships = readFileSync('/proc/self/cgroup', 'utf8'),
): number => Math.min(freemem(), ...groupsOf(root, memberships).map(leftIn));

/** One requirement of the lab for this machine: what was found, or the problem. */
export type RequirementResult =
  | { need: string; found: string; failure?: undefined }
  | { need: string; failure: PreconditionFailure };

const GIB = 2 ** 30;

/** Measured memory of the control plane, in bytes. Nodes eventually use all of their memory, as page cache. */
const CONTROL_PLANE = GIB;

// Every Debian has these packages, except a reduced container image.
const commands: Record<string, string> = {
  'apt-get': 'apt',
  'dpkg-deb': 'dpkg',
  tar: 'tar',
  unshare: 'util-linux',
  taskset: 'util-linux',
  flock: 'util-linux',
  mount: 'mount',
};

const hasCommand = async (command: string): Promise<boolean> => {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = folders.map((folder) =>
    access(join(folder, command), constants.X_OK).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(found)).includes(true);
};

/**
 * Settings that forbid users to create namespaces: the setting, the value that forbids it, and the command
 * that allows it.
 */
const namespaceSettings: [setting: string, forbids: string, allows: string][] = [
  ['user/max_user_namespaces', '0', 'sysctl -w user.max_user_namespaces=10000'],
  ['kernel/unprivileged_userns_clone', '0', 'sysctl -w kernel.unprivileged_userns_clone=1'],
  [
    'kernel/apparmor_restrict_unprivileged_userns',
    '1',
    'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
  ],
];

const readNamespaces = async (): Promise<RequirementResult> => {
  const need = 'namespaces of its own';
  const { failed, stderr } = await execa('unshare', [...namespaceArguments, 'true'], { reject: false });
  if (!failed) return { need, found: 'this user may make them' };
  const said = shorten(stderr);
  const code = 'namespaces-refused';
  for (const [setting, forbids, allows] of namespaceSettings) {
    const value = await readFile(join('/proc/sys', setting), 'utf8').catch(() => '');
    if (value.trim() === forbids)
      return {
        need,
        failure: {
          code,
          what: `this user may not make namespaces (${said})`,
          remedy: `run ${allows} as root`,
        },
      };
  }
  const remedy =
    'in a container, give it --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined';
  return { need, failure: { code, what: `namespaces may not be made here (${said})`, remedy } };
};

const bytesOf = (size: string): number => Number(size.slice(0, -1)) * (size.endsWith('G') ? GIB : 2 ** 20);

const inGib = (bytes: number): string => (bytes / GIB).toFixed(1);

const readMemory = ({ nodes, memory }: Pick<LabSize, 'nodes' | 'memory'>): RequirementResult => {
  const needed = CONTROL_PLANE + nodes * bytesOf(memory);
  const free = freeMemory();
  const about = `a lab with --nodes ${nodes} --memory ${memory} takes about ${inGib(needed)}`;
  if (free >= needed) return { need: 'memory', found: `${inGib(free)} GiB are free, ${about}` };
  return {
    need: 'memory',
    failure: {
      code: 'memory-short',
      what: `only ${inGib(free)} GiB of memory are free here, ${about}`,
      remedy: 'end other programs, or ask for less',
    },
  };
};

const readDisk = async (cache: string, toBuild: number): Promise<RequirementResult> => {
  const { bavail, bsize } = await statfs(cache);
  const needed = (4 + toBuild) * GIB;
  const about = `${toBuild === 0 ? 'a lab takes' : 'the parts to build and a lab take'} up to ${needed / GIB}`;
  const free = `${inGib(bavail * bsize)} GiB are free under ${cache}, ${about}`;
  if (bavail * bsize >= needed) return { need: 'disk', found: free };
  const remedy = 'free some (npx corral lab prune), or set XDG_CACHE_HOME';
  return { need: 'disk', failure: { code: 'disk-short', what: `only ${free}`, remedy } };
};

/** Checks for the machine's own commands that the lab runs, all or some of them. */
export const checkCommands = async (names = Object.keys(commands)): Promise<RequirementResult[]> => {
  const found = await Promise.all(
    names.map(async (command) => ({ command, isThere: await hasCommand(command) })),
  );
  return found.map(({ command, isThere }) => {
    if (isThere) return { need: command, found: 'it is on the PATH' };
    return {
      need: command,
      failure: {
        code: 'command-missing',
        what: `${command} is missing`,
        remedy: `run apt-get install ${commands[command]} as root`,
      },
    };
  });
};

/** The requirements of a lab. `cache` is the folder to write to, `toBuild` the GiB for what is built there first. */
type FitnessRequest = { cache: string; toBuild: number } & Pick<LabSize, 'nodes' | 'memory'>;

/** Checks all that the lab needs of this machine. Builds and starts nothing. */
export const checkRequirements = async (request: FitnessRequest): Promise<RequirementResult[]> => {
  const is = `${process.platform} on ${process.arch}`;
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return [
      {
        need: 'the machine',
        failure: {
          code: 'wrong-platform',
          what: `the lab runs on Linux on x86-64, this is ${is}`,
          remedy: 'use another machine',
        },
      },
    ];
  const tools = await checkCommands();
  // Without unshare, namespaces cannot be checked, so they are not reported as missing too.
  const canAsk = tools.every(({ need, failure }) => need !== 'unshare' || failure === undefined);
  const namespaces = canAsk ? [await readNamespaces()] : [];
  return [
    { need: 'the machine', found: is },
    ...tools,
    ...namespaces,
    readMemory(request),
    await readDisk(request.cache, request.toBuild),
  ];
};

/**
 * Checks what the lab needs of this machine before anything is built or started. Throws PreconditionError for the first
 * problem.
 */
export const requireFitMachine = async (request: FitnessRequest): Promise<void> => {
  const [first, ...others] = (await checkRequirements(request)).flatMap(({ failure }) => failure ?? []);
  if (first === undefined) return;
  throw new PreconditionError({
    ...first,
    remedy:
      others.length === 0
        ? first.remedy
        : `${first.remedy} (and ${others.length} more: npx corral doctor names them all)`,
  });
};
