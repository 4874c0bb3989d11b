import {
  type CellFailureName,
  type CellName,
  cellNameOf,
  type MatrixCell,
  type MatrixOperation,
  type MatrixPlace,
} from './cells.ts';

/**
 * The effect of a red cell on a cluster, if no scenario covers it. `as`: it ends like another cell, which a scenario
 * covers. `harmless`: the managers prevent harm. `cannot`: no store of a scenario can have the failure. Reasons are
 * clauses.
 */
type ClusterEffect = { as: CellName; why: string } | { harmless: string } | { cannot: string };

type Row = {
  operations: readonly MatrixOperation[];
  places?: readonly MatrixPlace[];
  failures?: readonly CellFailureName[];
} & ClusterEffect;

const anyFolder = ['blocks/', 'blocks/xx/', 'blocks/xx/yy/'] as const;

/** Failures that end the command after its first read of the blocks. The config is already removed then. */
const late = [
  'no permission to enter it',
  'input/output error in it each second time',
  'input/output error reading it',
  'stale handle of it',
] as const;

const goneWithItsConfig = {
  as: 'delete | blocks/xx/yy/ | no permission to change it',
  why: 'for Longhorn a backup is gone with its config, and what the command ends with after that is reported to nobody',
} as const;

/** All red cells of a Longhorn with all its bugs that no scenario covers. The first matching row counts. */
const rows: readonly Row[] = [
  {
    operations: ['list volumes', 'list backups', 'delete', 'take a lock'],
    failures: ['empty listing of it'],
    cannot: 'no server of a scenario lists a folder as empty that is not',
  },
  {
    operations: ['delete'],
    places: ['backups/'],
    as: 'delete | backups/ | no permission to list it',
    why: 'an error of the listing counts as an empty one, whichever it is',
  },
  {
    operations: ['delete'],
    places: ["another backup's config"],
    as: "delete | another backup's config | empty file",
    why: 'a config that cannot be loaded keeps all blocks, whatever is wrong with it',
  },
  {
    operations: ['delete'],
    places: ['volume.cfg'],
    ...goneWithItsConfig,
  },
  {
    operations: ['delete'],
    places: ['blocks/xx/', 'blocks/xx/yy/'],
    failures: late,
    ...goneWithItsConfig,
  },
  {
    operations: ['delete'],
    places: ['blocks/'],
    failures: ['no permission to enter it'],
    ...goneWithItsConfig,
  },
  {
    operations: ['delete'],
    places: anyFolder,
    as: 'delete | blocks/ | no permission to list it',
    why: 'blocks that a listing does not show count as none, whatever was wrong with it',
  },
  {
    operations: ['create'],
    places: ['volume.cfg'],
    failures: [
      'no permission to read it',
      'input/output error reading its data',
      'short file',
      'input/output error each second time',
    ],
    as: 'create | volume.cfg | empty file',
    why: 'a volume.cfg that cannot be loaded ends the replica, whatever is wrong with it',
  },
  {
    operations: ['create'],
    harmless:
      'the number of blocks in volume.cfg is only shown, as the size of the backup volume, and counted anew by the next deletion',
  },
  {
    operations: ['inspect'],
    as: 'inspect | backups/ | no permission to enter it',
    why: 'a manager takes each "cannot find" for the end of the backup',
  },
  {
    operations: ['list backups'],
    places: ['backups/'],
    as: 'list backups | backups/ | no permission to list it',
    why: 'an error of the listing counts as an empty one, whichever it is',
  },
  {
    operations: ['list backups'],
    harmless: 'what is said of the volume is an error for the manager, which leaves its Backups as they are',
  },
  {
    operations: ['list volumes'],
    places: ['volumes/'],
    as: 'list volumes | volumes/ | no permission to list it',
    why: 'a folder that cannot be opened counts as an empty one, whatever the reason',
  },
  {
    operations: ['list volumes'],
    harmless: 'the manager takes the name of the volume alone, which is in the list',
  },
  {
    operations: ['take a lock'],
    places: ['locks/'],
    as: 'take a lock | locks/ | no permission to list it',
    why: 'locks that cannot be listed count as none, whatever the reason',
  },
  {
    operations: ['take a lock'],
    places: ["another's lock"],
    as: "take a lock | another's lock | empty file",
    why: 'a lock that cannot be loaded is left out, whatever is wrong with it',
  },
];

/** The effect of a red cell on a cluster, if no scenario covers it. Undefined if it is unknown. */
export const effectOnCluster = (cell: MatrixCell): ClusterEffect | undefined =>
  rows.find(
    (row) =>
      row.operations.includes(cell.operation) &&
      (row.places?.includes(cell.place) ?? true) &&
      (row.failures?.includes(cell.failure) ?? true) &&
      !('as' in row && row.as === cellNameOf(cell)),
  );
