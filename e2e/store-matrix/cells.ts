import type { BugId } from '../longhorn/bugs/bugs.ts';
import { backupConfigPath, lockFilePath, volumeFolder, volumesFolder } from '../store/format/layout.ts';
import type { CallFault, ErrorName, FileSystemCall } from './fuse.ts';

/** The operations of the engine, with their commands and conditions. */
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
export const subjectBackup = 'backup-1';
export const keptBackup = 'backup-2';
/** The name of the backup that `create` makes, and of the second one after a failure. */
export const createdBackups = ['backup-3', 'backup-4'] as const;
export const foreignLockName = 'lock-0123456789abcdef';

const inVolume = (path: string): string => `${volumeFolder(volume)}/${path}`;

/** The places of a failure. `block` is a block that both backups refer to. */
export const places = {
  'volumes/': { kind: 'folder', path: () => volumesFolder },
  "the volume's folder": { kind: 'folder', path: () => volumeFolder(volume) },
  'backups/': { kind: 'folder', path: () => inVolume('backups') },
  'locks/': { kind: 'folder', path: () => inVolume('locks') },
  'blocks/': { kind: 'folder', path: () => inVolume('blocks') },
  'blocks/xx/': { kind: 'folder', path: (block) => inVolume(block.split('/').slice(0, 2).join('/')) },
  'blocks/xx/yy/': { kind: 'folder', path: (block) => inVolume(block.split('/').slice(0, 3).join('/')) },
  'volume.cfg': { kind: 'file', path: () => inVolume('volume.cfg') },
  "the backup's config": { kind: 'file', path: () => inVolume(backupConfigPath(subjectBackup)) },
  "another backup's config": { kind: 'file', path: () => inVolume(backupConfigPath(keptBackup)) },
  "another's lock": { kind: 'file', path: () => inVolume(lockFilePath(foreignLockName)) },
  'a block': { kind: 'file', path: (block) => inVolume(block) },
} as const satisfies Record<string, { kind: PlaceKind; path: (block: string) => string }>;

export type MatrixPlace = keyof typeof places;
type PlaceKind = 'folder' | 'file';

/** How long a silent server is waited for before the client gives up, in ms. */
export const silence = 1_500;

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

const error = (name: ErrorName): CallFault => ({ error: name });
const used = both(isSelf, any('look', 'open', 'read'));
const within = either(both(isSelf, any('list', 'scan')), isBelow);
// A file is written under a temporary name beside its final one, and then renamed.
const written: Hit = ({ what, path }, place) =>
  /^(create|write)$/.test(what) && (isBelow({ what, path }, place) || path.startsWith(`${place}.tmp.`));

/**
 * What is wrong at a place. Either matching calls get a wrong answer (all of them, or every second one), or the file
 * is changed until the failure is healed.
 */
export type CellFailure = {
  of: PlaceKind;
} & ({ hit: Hit; fault: CallFault; second?: true } | { file: 'empty' | 'short' | 'missing' });

export const cellFailures = {
  'no permission to list it': { of: 'folder', hit: both(isSelf, any('list')), fault: error('EACCES') },
  'no permission to enter it': { of: 'folder', hit: isBelow, fault: error('EACCES') },
  'no permission to change it': {
    of: 'folder',
    hit: both(isChild, any('create', 'remove', 'rename')),
    fault: error('EACCES'),
  },
  'input/output error opening it': { of: 'folder', hit: both(isSelf, any('list')), fault: error('EIO') },
  'input/output error reading it': { of: 'folder', hit: both(isSelf, any('scan')), fault: error('EIO') },
  'input/output error in it': { of: 'folder', hit: within, fault: error('EIO') },
  'stale handle of it': {
    of: 'folder',
    hit: either(both(isSelf, any('look', 'list')), isBelow),
    fault: error('ESTALE'),
  },
  'no space in it': { of: 'folder', hit: written, fault: error('ENOSPC') },
  'empty listing of it': { of: 'folder', hit: both(isSelf, any('scan')), fault: 'empty' },
  'silence, then a time-out, in it': { of: 'folder', hit: within, fault: { error: 'EIO', after: silence } },
  'input/output error in it each second time': {
    of: 'folder',
    hit: within,
    fault: error('EIO'),
    second: true,
  },
  'no permission to read it': { of: 'file', hit: both(isSelf, any('open')), fault: error('EACCES') },
  'no permission to remove it': { of: 'file', hit: both(isSelf, any('remove')), fault: error('EACCES') },
  'input/output error looking at it': { of: 'file', hit: both(isSelf, any('look')), fault: error('EIO') },
  'input/output error reading its data': { of: 'file', hit: both(isSelf, any('read')), fault: error('EIO') },
  'stale handle of the file': { of: 'file', hit: used, fault: error('ESTALE') },
  'no space for it': { of: 'file', hit: written, fault: error('ENOSPC') },
  'empty file': { of: 'file', file: 'empty' },
  'short file': { of: 'file', file: 'short' },
  'no such file': { of: 'file', file: 'missing' },
  'silence, then a time-out': { of: 'file', hit: used, fault: { error: 'EIO', after: silence } },
  'input/output error each second time': { of: 'file', hit: used, fault: error('EIO'), second: true },
} as const satisfies Record<string, CellFailure>;

export type CellFailureName = keyof typeof cellFailures;

export type MatrixCell = { operation: MatrixOperation; place: MatrixPlace; failure: CellFailureName };

/** The name of a cell. Not every combination is a cell, because a failure applies either to folders or to files. */
export type CellName = `${MatrixOperation} | ${MatrixPlace} | ${CellFailureName}`;

export const cellNameOf = ({ operation, place, failure }: MatrixCell): CellName =>
  `${operation} | ${place} | ${failure}`;

/** Every operation with every failure at every place that can have it. */
export const cells: readonly MatrixCell[] = Object.keys(matrixOperations).flatMap((operation) =>
  Object.entries(places).flatMap(([place, { kind }]) =>
    Object.entries(cellFailures)
      .filter(([, { of }]) => of === kind)
      .map(([failure]) => ({ operation, place, failure }) as MatrixCell),
  ),
);

/** Why a cell has no meaningful result, whatever the engine does. Undefined if it has one. */
export const whyMeaningless = ({ operation, place, failure }: MatrixCell): string | undefined => {
  if (failure === 'no such file' && /config$|lock$/.test(place))
    return 'a missing file is no backup, and no lock';
  if (operation === 'restore' && place === "the volume's folder" && failure === 'no permission to change it')
    return "it changes nothing there but locks/, which stays with another's lock in it";
  return undefined;
};

/** Faults in the result of an operation. They are judged without the engine, after the failure is healed. */
export const signs = {
  'others-lost': 'a backup that nobody asked to go is not whole any more',
  'half-gone': 'the backup that was to go is gone, and its blocks are not',
  'not-done': 'exit code 0, and what was asked for is not done',
  'wrong-answer': 'exit code 0, and the answer is not the truth',
  'wrong-count':
    'exit code 0, and volume.cfg says another number of blocks than there is, or another last backup',
  'said-gone': 'it says that something is not there which is',
  'lock-passed': 'it took the lock in spite of another lock',
  'replica-lost': 'the replica that was to make the backup has ended',
  hangs: 'it does not end',
  'no-recovery': 'the same again, after the failure is healed, fails as well',
} as const;

export type Sign = keyof typeof signs;

// A server that itself returns an empty listing cannot be distinguished from an empty folder.
const believed = 'empty-listing-is-believed';

/** Cells that a known bug makes red, by its id. It covers all matching cells, with these signs. */
type CellExpectation = {
  bug: BugId | typeof believed;
  signs: readonly Sign[];
  operations: readonly MatrixOperation[];
  places?: readonly MatrixPlace[];
  failures?: readonly CellFailureName[];
};

const empty = ['empty listing of it'] as const;
const looks = ['list volumes', 'list backups', 'inspect', 'restore'] as const;
// Failures that hide an existing file: its lookup fails, not only its content.
const unseen = [
  'input/output error looking at it',
  'stale handle of the file',
  'silence, then a time-out',
  'input/output error each second time',
] as const;

/** The results that a Longhorn with all its bugs is expected to have. */
export const expectations: readonly CellExpectation[] = [
  {
    bug: believed,
    signs: ['wrong-answer', 'others-lost', 'not-done', 'wrong-count', 'lock-passed'],
    operations: ['list volumes', 'list backups', 'delete', 'take a lock'],
    failures: empty,
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
    failures: unseen,
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

/** The bugs that can cause a sign in a cell. Empty if none is known. */
export const bugsOf = (cell: MatrixCell, sign: Sign): string[] =>
  expectations
    .filter(
      ({ operations, places = [cell.place], failures = [cell.failure], signs }) =>
        signs.includes(sign) &&
        operations.includes(cell.operation) &&
        places.includes(cell.place) &&
        failures.includes(cell.failure),
    )
    .map(({ bug }) => bug);
