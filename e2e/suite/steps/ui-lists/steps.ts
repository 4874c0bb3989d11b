import { parseDuration } from '../../../kube/duration.ts';
import type { Backup } from '../../../longhorn/types.ts';
import { knownBackupVolume } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import type { PageHandle, TablePageHandle, VolumeHandle } from '../handles.ts';
import { step } from '../step.ts';

type Value = string | number;

/** The columns by which the page of backups can be sorted, and what it sorts by. */
const columns: Record<string, (backup: Backup) => Value> = {
  ID: ({ metadata }) => metadata.name,
  'Snapshot Name': ({ spec }) => spec.snapshotName,
  'Snapshot Created': ({ status }) => status?.snapshotCreatedAt ?? '',
  Size: ({ status }) => Number(status?.size),
  'Newly Uploaded Data Size': ({ status }) => Number(status?.newlyUploadDataSize),
  'Re-Uploaded Data Size': ({ status }) => Number(status?.reUploadedDataSize),
  'Backup Mode': ({ spec }) => spec.backupMode ?? '',
  'Backup Block Size': ({ spec }) => Number(spec.backupBlockSize),
  'Backup Target': ({ status }) => status?.backupTargetName ?? '',
};

const isAscending = (values: readonly Value[]): boolean =>
  values.every((value, index) => index === 0 || (values[index - 1] ?? value) <= value);

/** The steps that filter and sort the lists of Longhorn's user interface. */
export const uiListSteps = {
  'when.filteredByName': step({
    sentence: 'When the page is filtered by the name of {volume}',
    parameters: (_, { name }) => ({ volume: name }),
    action: (_: Context, { page }: TablePageHandle, { name }: VolumeHandle) => page.filter(name),
  }),
  'when.filterEmptied': step({
    sentence: 'When the filter of the page is emptied',
    action: (_: Context, { page }: TablePageHandle) => page.filter(''),
  }),
  'then.listed': step({
    sentence: 'Then the page shows the backup volumes of {shown}{others}',
    parameters: (_, shown, others = []) => ({
      shown: shown.map(({ name }) => name).join(' and '),
      others: others.map(({ name }) => `, and not that of ${name}`).join(''),
    }),
    action: async (
      context: Context,
      { page }: TablePageHandle,
      shown: readonly VolumeHandle[],
      others: readonly VolumeHandle[] = [],
    ) => {
      const rowOf = (volume: VolumeHandle): string => knownBackupVolume(context, volume).metadata.name;
      for (const volume of shown) await page.reads(rowOf(volume), 'Name', volume.name);
      for (const volume of others) await page.lacks(rowOf(volume));
    },
  }),
  /** Each column twice: the second time, the page sorts the other way round. */
  'then.sortedByColumns': step({
    sentence: 'Then the page sorts the backups by each of its columns that can be sorted, in both directions',
    action: async ({ timelines, timeouts }: Context, { page }: PageHandle) => {
      const { within, owner } = timeouts.pageFollows;
      for (const [column, readValue] of Object.entries(columns))
        for (const direction of ['ascending', 'descending'] as const) {
          const read = (): Value[] => {
            const backups = page.order().flatMap((name) => timelines.backups.current(name) ?? []);
            const values = backups.map(readValue);
            return direction === 'ascending' ? values : values.reverse();
          };
          await page.sortBy(column);
          if (!(await page.until(() => isAscending(read()), parseDuration(within))))
            throw new Error(
              `the page does not sort by ${column}, ${direction}, within ${within} (${owner}): it has ${page.order().join(', ')}`,
            );
        }
      return Object.keys(columns);
    },
    detail: (sorted) => sorted.join(', '),
  }),
};
