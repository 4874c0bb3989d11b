import { waitUntil } from '../../../history/expectation.ts';
import { entriesOf } from '../../../history/history.ts';
import { describeBackup } from '../../../longhorn/backup-state.ts';
import { backupLabels } from '../../../longhorn/resources.ts';
import type { Backup } from '../../../longhorn/types.ts';
import { nextLabel, untilCompleted } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import { isBackupOf } from '../created-objects.ts';
import type {
  BackupHandle,
  SnapshotHandle,
  TablePageHandle,
  TargetHandle,
  VolumeHandle,
} from '../handles.ts';
import { notProvable, PromiseBroken, throwIfAny } from '../judging.ts';
import { step } from '../step.ts';
import { openTable } from '../ui-tables/steps.ts';
import { untilReadInStore } from '../volume/restored.ts';

/** What to choose in the dialog of a new backup. */
type Choices = { labels?: Record<string, string>; full?: boolean };

/** A backup that was made in the dialog of its volume. */
type BackedUpOnPage = BackupHandle & { chosen: Choices; asked: number };

const describeChoices = ({ labels, full }: Choices): string =>
  [labels && 'labels', full && 'all of its blocks'].filter(Boolean).join(' and ');

const current = ({ timelines }: Context, { name, label }: BackupHandle): Backup => {
  const backup = timelines.backups.current(name);
  if (backup === undefined) throw new Error(`${label} (${name}) is gone`);
  return backup;
};

/** In the tree of snapshots. */
const colours = { plain: 'rgb(48, 133, 213)', 'backed up': 'rgb(51, 171, 101)' };

/** The steps on a volume's page in Longhorn's user interface. */
export const uiVolumeSteps = {
  'given.volumePage': step({
    sentence: "Given the volume's page in Longhorn's user interface",
    action: (context: Context, { name }: VolumeHandle) =>
      openTable(context, { path: `volume/${name}`, table: '.ant-card' }),
  }),
  'when.retargetedOnPage': step({
    sentence: 'When another backup target is chosen for the volume on its page',
    action: async (
      { timelines, timeouts }: Context,
      { page }: TablePageHandle,
      volume: VolumeHandle,
      target: TargetHandle,
    ): Promise<VolumeHandle> => {
      await page.chooseAbove('Update Backup Target');
      await page.answer('OK', { BackupTarget: [target.name] });
      await waitUntil(timelines.volumes, ({ spec }) => spec.backupTargetName === target.name, {
        name: volume.name,
        label: `volume ${volume.name} has the backup target ${target.name}`,
        describe: ({ spec }) => `it has ${spec.backupTargetName}`,
        ...timeouts.madeOnPage,
      });
      return { ...volume, target };
    },
    detail: ({ target }) => target.name,
  }),
  /** The page makes a snapshot first. Returns when Longhorn has the Backup object. */
  'when.backedUpOnPage': step({
    sentence: "When {backup} is made in the dialog of the volume's page, with {choices}",
    parameters: (_, __, chosen) => ({ backup: nextLabel, choices: describeChoices(chosen) }),
    action: async (
      context: Context,
      { page }: TablePageHandle,
      volume: VolumeHandle,
      chosen: Choices,
    ): Promise<BackedUpOnPage> => {
      const { timelines, timeouts, made } = context;
      const label = nextLabel(context);
      const from = timelines.backups.lastSequence();
      const asked = timelines.snapshots.lastSequence();
      await page.press('Create Backup');
      for (const [key, value] of Object.entries(chosen.labels ?? {})) {
        await page.press('Add Labels');
        await page.fill({ 'Labels Key': key, Value: value });
      }
      await page.answer('OK', { ...(chosen.full && { 'Full Backup': true }) });
      const [[volumeLabel = '', name] = []] = Object.entries(backupLabels({ volume: volume.name }));
      const isNew = ({ metadata }: Backup): boolean =>
        metadata.labels?.[volumeLabel] === name && !made.backups.includes(metadata.name);
      const { metadata, spec } = await waitUntil(timelines.backups, isNew, {
        label: `Longhorn has another Backup of volume ${volume.name}`,
        describe: describeBackup,
        ...timeouts.madeOnPage,
      });
      made.backups.push(metadata.name);
      made.snapshots.push(spec.snapshotName);
      const snapshot = { name: spec.snapshotName, volume };
      return { name: metadata.name, label, volume, snapshot, since: { made: from }, chosen, asked };
    },
    detail: ({ name }) => name,
  }),
  /** The backup is Completed. Longhorn may have added labels. */
  'then.backedUpAsChosen': step({
    sentence: "Then {backup} is Completed, on the volume's backup target, with the labels that were chosen",
    action: async (context: Context, backup: BackedUpOnPage) => {
      const { chosen, label, name, volume } = backup;
      await untilCompleted(context, backup);
      await untilReadInStore(context, backup);
      const found = current(context, backup);
      const target = found.status?.backupTargetName;
      const isOnTarget = isBackupOf(volume)(found);
      const missing = Object.entries(chosen.labels ?? {}).flatMap(([key, value]) =>
        (['spec', 'status'] as const)
          .filter((part) => found[part]?.labels?.[key] !== value)
          .map((part) => `its ${part} has ${JSON.stringify(found[part]?.labels)}, without ${key}=${value}`),
      );
      throwIfAny(
        isOnTarget && target === volume.target.name
          ? missing
          : [...missing, `it is on the backup target ${target}, not on ${volume.target.name}`],
        `${label} (${name}) is not as it was chosen in the dialog`,
      );
    },
  }),
  'then.ofNewSnapshot': step({
    sentence: 'Then {backup} is of a snapshot that was made for it',
    action: async ({ timelines }: Context, { label, snapshot: { name }, asked }: BackedUpOnPage) => {
      const [first] = entriesOf(timelines.snapshots, name);
      if (first === undefined) throw notProvable(`nobody saw the snapshot ${name} of ${label}`);
      if (first.sequence <= asked) throw new Error(`${label} is of ${name}, which was there before it`);
    },
    detail: (_, __, { snapshot }) => snapshot.name,
  }),
  /** By its spec. `then.sent` shows whether Longhorn has done so. */
  'then.modeAsChosen': step({
    sentence: 'Then {backup} is to be {mode}',
    parameters: (backup) => ({ backup, mode: backup.chosen.full ? 'full' : 'incremental' }),
    action: async (context: Context, backup: BackedUpOnPage) => {
      const { backupMode: state = '' } = current(context, backup).spec;
      const wanted = backup.chosen.full ? 'full' : 'incremental';
      if (state !== wanted)
        throw new PromiseBroken(`${backup.label} (${backup.name}) is ${state}, and was to be ${wanted}`, {
          kind: 'Backup',
          name: backup.name,
          state: `${state} in place of ${wanted}`,
        });
    },
  }),
  /** The volume has these two snapshots alone. */
  'then.snapshotsColoured': step({
    sentence: "Then the volume's page has {name} in green, as it has a backup, and {other} in blue",
    parameters: (_, { backedUp, plain }) => ({ name: backedUp.name, other: plain.name }),
    action: async (
      _: Context,
      { page }: TablePageHandle,
      { backedUp, plain }: { backedUp: SnapshotHandle; plain: SnapshotHandle },
    ) => {
      const found = {
        'backed up': await page.snapshotIn(colours['backed up']),
        plain: await page.snapshotIn(colours.plain),
      };
      const wanted = { 'backed up': backedUp.name, plain: plain.name };
      throwIfAny(
        (['backed up', 'plain'] as const)
          .filter((colour) => !found[colour].split(/\s+/).includes(wanted[colour]))
          .map((colour) => `the one ${colour} should be ${wanted[colour]}; it is "${found[colour]}"`),
        'the snapshots do not have the right colours',
      );
    },
  }),
};
