import type { BugId } from '../longhorn/bugs/bugs.ts';
import { backupConfigPath, volumeFolder, volumesFolder } from '../store/format/layout.ts';
import type { ErrorName, FileSystemCall, Lie } from './fuse.ts';

/** What the engine is asked to do, with what it is that the cell is about. */
export const matrixOperations = {
  'list volumes': 'backup ls --volume-only',
  'list backups': 'backup ls --volume',
  inspect: 'backup inspect',
  create: 'backup create, of a snapshot that has all blocks of the others but one',
  delete: 'backup rm, of one of two backups',
  restore: 'backup restore-to-file',
  'take a lock': 'backup rm while an upload holds its lock: it must be refused',
  'refresh a lock':
    'backup restore-to-file, held until its lock has been written anew: backup rm must be refused then, too',
} as const;

export type MatrixOperation = keyof typeof matrixOperations;

export const volume = 'vol';
export const subject = 'backup-1';
export const kept = 'backup-2';
/** What a backup is called that is made, and one that is made after that has failed. */
export const made = ['backup-3', 'backup-4'] as const;
export const foreignLockName = 'lock-0123456789abcdef';

const inVolume = (path: string): string => `${volumeFolder(volume)}/${path}`;

/** Where the trouble is; `block` is one that both backups refer to. */
export const places = {
  'volumes/': { kind: 'folder', path: () => volumesFolder },
  "the volume's folder": { kind: 'folder', path: () => volumeFolder(volume) },
  'backups/': { kind: 'folder', path: () => inVolume('backups') },
  'locks/': { kind: 'folder', path: () => inVolume('locks') },
  'blocks/': { kind: 'folder', path: () => inVolume('blocks') },
  'blocks/xx/': { kind: 'folder', path: (block) => inVolume(block.split('/').slice(0, 2).join('/')) },
  'blocks/xx/yy/': { kind: 'folder', path: (block) => inVolume(block.split('/').slice(0, 3).join('/')) },
  'volume.cfg': { kind: 'file', path: () => inVolume('volume.cfg') },
  "the backup's config": { kind: 'file', path: () => inVolume(backupConfigPath(subject)) },
  "another backup's config": { kind: 'file', path: () => inVolume(backupConfigPath(kept)) },
  "another's lock": { kind: 'file', path: () => inVolume(`locks/${foreignLockName}.lck`) },
  'a block': { kind: 'file', path: (block) => inVolume(block) },
} as const satisfies Record<string, { kind: PlaceKind; path: (block: string) => string }>;

export type MatrixPlace = keyof typeof places;
export type PlaceKind = 'folder' | 'file';

/** So long a silent server is waited for until the client gives up, in milliseconds. */
export const stall = 1_500;

type Hit = (call: FileSystemCall, place: string) => boolean;

const isSelf: Hit = ({ path }, place) => path === place;
const isBelow: Hit = ({ path }, place) => path.startsWith(`${place}/`);
const isChild: Hit = ({ path }, place) =>
  isBelow({ path, what: 'look' }, place) && !path.slice(place.length + 1).includes('/');
const any =
  (...whats: FileSystemCall['what'][]): Hit =>
  ({ what }) =>
    whats.includes(what);
const both =
  (...hits: Hit[]): Hit =>
  (call, place) =>
    hits.every((hit) => hit(call, place));
const either =
  (...hits: Hit[]): Hit =>
  (call, place) =>
    hits.some((hit) => hit(call, place));

const error = (name: ErrorName): Lie => ({ error: name });
const used = both(isSelf, any('look', 'open', 'read'));
const within = either(both(isSelf, any('list', 'scan')), isBelow);
// A file is written beside itself, and renamed.
const written: Hit = ({ what, path }, place) =>
  /^(create|write)$/.test(what) && (isBelow({ what, path }, place) || path.startsWith(`${place}.tmp.`));

/**
 * What is wrong there: calls that hit get a lie, each or each second; or the file is changed, and comes back
 * when all is healed.
 */
export type Trouble = {
  of: PlaceKind;
} & ({ hit: Hit; lie: Lie; second?: true } | { file: 'empty' | 'short' | 'missing' });

export const troubles = {
  'no permission to list it': { of: 'folder', hit: both(isSelf, any('list')), lie: error('EACCES') },
  'no permission to enter it': { of: 'folder', hit: isBelow, lie: error('EACCES') },
  'no permission to change it': {
    of: 'folder',
    hit: both(isChild, any('create', 'remove', 'rename')),
    lie: error('EACCES'),
  },
  'input/output error opening it': { of: 'folder', hit: both(isSelf, any('list')), lie: error('EIO') },
  'input/output error reading it': { of: 'folder', hit: both(isSelf, any('scan')), lie: error('EIO') },
  'input/output error in it': { of: 'folder', hit: within, lie: error('EIO') },
  'stale handle of it': {
    of: 'folder',
    hit: either(both(isSelf, any('look', 'list')), isBelow),
    lie: error('ESTALE'),
  },
  'no space in it': { of: 'folder', hit: written, lie: error('ENOSPC') },
  'empty listing of it': { of: 'folder', hit: both(isSelf, any('scan')), lie: 'empty' },
  'silence, then a time-out, in it': { of: 'folder', hit: within, lie: { error: 'EIO', after: stall } },
  'input/output error in it each second time': { of: 'folder', hit: within, lie: error('EIO'), second: true },
  'no permission to read it': { of: 'file', hit: both(isSelf, any('open')), lie: error('EACCES') },
  'no permission to remove it': { of: 'file', hit: both(isSelf, any('remove')), lie: error('EACCES') },
  'input/output error looking at it': { of: 'file', hit: both(isSelf, any('look')), lie: error('EIO') },
  'input/output error reading its data': { of: 'file', hit: both(isSelf, any('read')), lie: error('EIO') },
  'stale handle of the file': { of: 'file', hit: used, lie: error('ESTALE') },
  'no space for it': { of: 'file', hit: written, lie: error('ENOSPC') },
  'empty file': { of: 'file', file: 'empty' },
  'short file': { of: 'file', file: 'short' },
  'no such file': { of: 'file', file: 'missing' },
  'silence, then a time-out': { of: 'file', hit: used, lie: { error: 'EIO', after: stall } },
  'input/output error each second time': { of: 'file', hit: used, lie: error('EIO'), second: true },
} as const satisfies Record<string, Trouble>;

export type TroubleName = keyof typeof troubles;

export type MatrixCell = { operation: MatrixOperation; place: MatrixPlace; trouble: TroubleName };

/** The name of a cell; of some there is none, as a trouble is of folders or of files alone. */
export type CellName = `${MatrixOperation} | ${MatrixPlace} | ${TroubleName}`;

export const cellNameOf = ({ operation, place, trouble }: MatrixCell): CellName =>
  `${operation} | ${place} | ${trouble}`;

/** Every operation with every trouble at every place that can have it. */
export const cells: readonly MatrixCell[] = Object.keys(matrixOperations).flatMap((operation) =>
  Object.entries(places).flatMap(([place, { kind }]) =>
    Object.entries(troubles)
      .filter(([, { of }]) => of === kind)
      .map(([trouble]) => ({ operation, place, trouble }) as MatrixCell),
  ),
);

/** Why a cell says nothing, whatever an engine does in it. */
export const whyNot = ({ operation, place, trouble }: MatrixCell): string | undefined => {
  if (trouble === 'no such file' && /config$|lock$/.test(place))
    return 'what is not there is no backup, or no lock';
  if (operation === 'restore' && place === "the volume's folder" && trouble === 'no permission to change it')
    return "it changes nothing there but locks/, which stays with another's lock in it";
  return undefined;
};

/** What can be wrong with how an operation ended, judged from outside after the trouble is healed. */
export const signs = {
  'others-lost': 'a backup that nobody asked to go is not whole any more',
  'half-gone': 'the backup that was to go is gone, and its blocks are not',
  'not-done': 'exit code 0, and what was asked for is not done',
  'wrong-answer': 'exit code 0, and the answer is not the truth',
  'wrong-count':
    'exit code 0, and volume.cfg says another number of blocks than there is, or another last backup',
  'said-gone': 'it says that something is not there which is',
  'lock-passed': "another's lock kept nobody out",
  'replica-lost': 'the replica that was to make the backup has ended',
  hangs: 'it does not end',
  'no-recovery': 'the same again, after the trouble is healed, fails as well',
} as const;

export type Sign = keyof typeof signs;

// An empty listing that the server itself gives: nobody could know better.
const believed = 'empty-listing-is-believed';

/** Cells that a bug of the ledger makes red, by id: everything in them that is given, with these signs. */
export type CellExpectation = {
  bug: BugId | typeof believed;
  signs: readonly Sign[];
  operations: readonly MatrixOperation[];
  places?: readonly MatrixPlace[];
  troubles?: readonly TroubleName[];
};

const empty = ['empty listing of it'] as const;
const looks = ['list volumes', 'list backups', 'inspect', 'restore'] as const;
// Where what is missing is not a file of its own, but the way to it, or a look at it.
const unseen = [
  'input/output error looking at it',
  'stale handle of the file',
  'silence, then a time-out',
  'input/output error each second time',
] as const;

/** What a Longhorn with all its bugs is expected to show. */
export const expectations: readonly CellExpectation[] = [
  {
    bug: believed,
    signs: ['wrong-answer', 'others-lost', 'not-done', 'wrong-count', 'lock-passed'],
    operations: ['list volumes', 'list backups', 'delete', 'take a lock'],
    troubles: empty,
  },
  {
    bug: 'deletion-destroys-other-backups',
    signs: ['others-lost'],
    operations: ['delete'],
    places: ['backups/'],
  },
  {
    bug: 'lock-fails-open',
    signs: ['lock-passed'],
    operations: ['take a lock'],
    places: ['locks/', "another's lock"],
  },
  {
    bug: 'unlistable-store-is-empty',
    signs: ['wrong-answer'],
    operations: ['list volumes', 'list backups'],
    places: ['volumes/', 'backups/'],
  },
  { bug: 'unreadable-config-is-gone', signs: ['said-gone'], operations: looks },
  {
    bug: 'unreadable-config-is-gone',
    signs: ['said-gone'],
    operations: ['delete'],
    places: ['volume.cfg'],
    troubles: unseen,
  },
  {
    bug: 'config-removed-without-volume-cfg',
    signs: ['half-gone', 'said-gone'],
    operations: ['delete'],
    places: ['volume.cfg'],
  },
  {
    bug: 'unlistable-blocks-are-unknown',
    signs: ['not-done', 'wrong-count', 'half-gone'],
    operations: ['delete'],
    places: ['blocks/', 'blocks/xx/', 'blocks/xx/yy/'],
  },
  {
    bug: 'unreadable-neighbour-keeps-blocks',
    signs: ['not-done'],
    operations: ['delete'],
    places: ["another backup's config"],
  },
  {
    bug: 'unread-volume-cfg-ends-replica',
    signs: ['replica-lost'],
    operations: ['create'],
    places: ['volume.cfg'],
  },
  { bug: 'upload-miscounts-blocks', signs: ['wrong-count'], operations: ['create'] },
];

/** The bugs that a sign in a cell can come from; none: nobody knows it. */
export const bugsOf = (cell: MatrixCell, sign: Sign): string[] =>
  expectations
    .filter(
      ({ operations, places = [cell.place], troubles = [cell.trouble], signs }) =>
        signs.includes(sign) &&
        operations.includes(cell.operation) &&
        places.includes(cell.place) &&
        troubles.includes(cell.trouble),
    )
    .map(({ bug }) => bug);
