import { isDeepStrictEqual } from 'node:util';
import type { InjectedFault } from '../../../faults/fault.ts';
import { patchedObject } from '../../../faults/patched-object.ts';
import { longhornResources, longhornNamespace as namespace, readNow } from '../../../longhorn/resources.ts';
import type { Node } from '../../../longhorn/types.ts';
import { knownBackupVolume } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import { scenarioAnnotation } from '../created-objects.ts';
import {
  type BackupHandle,
  listLabels,
  type PageHandle,
  type TablePageHandle,
  type VolumeHandle,
} from '../handles.ts';
import { InconclusiveError, throwIfAny } from '../judging.ts';
import { type RestoreHandle, watchRestore } from '../restore/restore.ts';
import { readSetting } from '../setting/setting.ts';
import { step } from '../step.ts';
import { untilMadeOnPage } from '../ui-tables/steps.ts';
import { describeRestore, untilReadInStore } from '../volume/restored.ts';
import { readyNodes } from '../volume/volume.ts';

/** `on`: the node that has them. */
export type Tags = { node: string; disk: string; on: string };

/** What to choose in the dialog of a restore. */
type Choices = { replicas: number; tags?: Tags };

/** A volume that was made in the dialog of a restore. */
type RestoredOnPage = RestoreHandle & { chosen: Choices };

const isEmptyAllowed = (context: Context, of: 'node' | 'disk'): Promise<string> =>
  readSetting(context, `allow-empty-${of}-selector-volume`);

const tag = async (
  context: Context,
  { besides, node = context.uniqueName('node-tag') }: { besides?: VolumeHandle; node?: string } = {},
): Promise<Tags & { fault: InjectedFault }> => {
  const { cluster, faults } = context;
  // Without these settings, volumes without tags would avoid the node.
  for (const kind of ['node', 'disk'] as const)
    if ((await isEmptyAllowed(context, kind)) !== 'true')
      throw new InconclusiveError(
        `no ${kind} may be given a tag: volumes without tags use only those without`,
      );
  const name = (await readyNodes(context)).find((each) => each !== besides?.node) ?? '';
  const { spec } = (await readNow<Node>(cluster, longhornResources.nodes, name)) ?? {};
  if (spec?.disks === undefined) throw new InconclusiveError('no node that is ready has a disk');
  const tags = { node, disk: context.uniqueName('disk-tag'), on: name };
  const more = ({ node, disk }: { node: string[]; disk: string[] }) => ({
    spec: {
      tags: [...(spec.tags ?? []), ...node].sort(),
      disks: Object.fromEntries(
        Object.entries(spec.disks ?? {}).map(([id, each]) => [
          id,
          { tags: [...(each.tags ?? []), ...disk].sort() },
        ]),
      ),
    },
  });
  const change = {
    ...{ resource: longhornResources.nodes, namespace, name, title: `node ${name} and its disks have tags` },
    ...{ before: more({ node: [], disk: [] }), after: more({ node: [tags.node], disk: [tags.disk] }) },
  };
  return { ...tags, fault: await faults.inject(patchedObject.on(cluster, change)) };
};

/** Waits for a volume that was made on a page, and gives it the labels of a volume of this scenario. */
const watchMadeOnPage = async (
  context: Context,
  restore: Parameters<typeof watchRestore>[1],
): Promise<RestoreHandle> => {
  const { scenario, timelines } = context;
  const { name } = restore;
  await untilMadeOnPage(context, {
    ...{ timeline: timelines.volumes, resource: longhornResources.volumes },
    ...{ name, label: `volume ${name}`, describe: describeRestore },
    annotations: { [scenarioAnnotation]: scenario },
  });
  return watchRestore(context, restore);
};

/** The dialogs for several backup volumes, by what becomes of their latest backups. */
const dialogs = {
  restored: {
    button: 'Restore Latest Backup',
    label: ({ label }: BackupHandle) => `the volume restored from ${label}`,
    tabOf: (_: Context, { volume }: BackupHandle) => volume.name,
  },
  'put on standby': {
    button: 'Create Disaster Recovery Volume',
    label: ({ label }: BackupHandle) => `the volume on standby from ${label}`,
    tabOf: (context: Context, { volume }: BackupHandle) => knownBackupVolume(context, volume).metadata.name,
  },
};

const makeSeveral = async (
  context: Context,
  { page }: TablePageHandle,
  { backups, become }: { backups: readonly BackupHandle[]; become: keyof typeof dialogs },
): Promise<RestoreHandle[]> => {
  const { made, timelines, turn } = context;
  const { button, label, tabOf } = dialogs[become];
  if (become === 'put on standby') await turn.keepTargets();
  for (const backup of backups) {
    await untilReadInStore(context, backup);
    await page.select(knownBackupVolume(context, backup.volume).metadata.name);
  }
  const from = timelines.volumes.lastSequence();
  await page.press(button);
  const replicas = 1;
  const restores = [];
  for (const backup of backups) {
    const name = context.uniqueName('volume');
    made.volumes.push(name);
    await page.openTab(tabOf(context, backup));
    await page.fill({ 'Volume Name': name, 'Number of Replicas': String(replicas) });
    restores.push({ name, label: label(backup), backup, from, replicas });
  }
  await page.answer('Ok');
  return Promise.all(restores.map((each) => watchMadeOnPage(context, each)));
};

const restoreOnPage = async (
  context: Context,
  { page }: PageHandle | TablePageHandle,
  { backup, row, item, chosen }: { backup: BackupHandle; row: string; item: string; chosen: Choices },
): Promise<RestoredOnPage> => {
  const { made, timelines } = context;
  const { replicas, tags } = chosen;
  await untilReadInStore(context, backup);
  const from = timelines.volumes.lastSequence();
  const name = context.uniqueName('volume');
  made.volumes.push(name);
  await page.choose(row, item);
  await page.answer('OK', {
    Name: name,
    'Number of Replicas': String(replicas),
    ...(tags && { 'Node Tag': [tags.node], 'Disk Tag': [tags.disk] }),
  });
  const label = `the volume restored from ${backup.label}`;
  return { ...(await watchMadeOnPage(context, { name, label, backup, from, replicas })), chosen };
};

const describeChoices = ({ replicas, tags }: Choices): string =>
  `${replicas === 1 ? 'one replica' : `${replicas} replicas`}${tags ? ' and tags' : ''}`;

/** The steps in the dialogs of Longhorn's user interface that restore a backup. */
export const uiRestoreSteps = {
  /** In force until the end of the scenario. Volumes without tags still use the node. */
  'given.tags': step({
    sentence: 'Given a node{besides} and its disks with tags that no other has',
    parameters: ({ besides } = {}) => ({ besides: besides ? ", not the volume's," : '' }),
    action: tag,
    detail: ({ node, disk }) => `${node}, ${disk}`,
  }),
  /** Uses the menu of the backup's row. Returns when the volume is there. */
  'when.restoredOnPage': step({
    sentence: 'When {backup} is restored on the page, with {choices} chosen in the dialog',
    parameters: (_, backup, chosen) => ({ backup, choices: describeChoices(chosen) }),
    action: (context: Context, page: PageHandle, backup: BackupHandle, chosen: Choices) =>
      restoreOnPage(context, page, { backup, row: backup.name, item: 'Restore', chosen }),
    detail: ({ name }) => name,
  }),
  /** Uses the menu of the backup volume's row. `backup` is the last one. It gets two replicas, where there are two nodes. */
  'when.latestRestoredOnPage': step({
    sentence: 'When the latest backup is restored on the page',
    action: async (context: Context, page: TablePageHandle, backup: BackupHandle) => {
      const { name: row } = knownBackupVolume(context, backup.volume).metadata;
      const chosen = { replicas: Math.min(2, (await readyNodes(context)).length) };
      const how = { row, item: 'Restore Latest Backup', chosen };
      return restoreOnPage(context, page, { backup, ...how });
    },
    detail: ({ name }) => name,
  }),
  /** By the spec of its object. */
  'then.madeAsChosen': step({
    sentence: 'Then {restore} is to be made from that backup, with {choices}',
    parameters: (restore) => ({ restore, choices: describeChoices(restore.chosen) }),
    action: async ({ timelines }: Context, { name, label, backup, chosen }: RestoredOnPage) => {
      const { spec } = timelines.volumes.current(name) ?? {};
      if (spec === undefined) throw new Error(`${label} (${name}) is gone`);
      const { tags, replicas } = chosen;
      const wanted = {
        fromBackup: timelines.backups.current(backup.name)?.status?.url,
        backupTargetName: backup.volume.target.name,
        numberOfReplicas: replicas,
        nodeSelector: tags ? [tags.node] : [],
        diskSelector: tags ? [tags.disk] : [],
      };
      throwIfAny(
        (Object.keys(wanted) as (keyof typeof wanted)[])
          .filter((field) => !isDeepStrictEqual(spec[field] ?? [], wanted[field]))
          .map((field) => `${field} is ${JSON.stringify(spec[field])}, not ${JSON.stringify(wanted[field])}`),
        `${label} (${name}) is not as it was chosen in the dialog`,
      );
    },
  }),
  /** By their latest backups, with one replica each. Returns when they are there. */
  'when.severalMadeOnPage': step({
    sentence: 'When {backups} are {become} in one dialog of the page',
    parameters: (_, { backups, become }) => ({ backups: listLabels(backups), become }),
    action: makeSeveral,
    detail: (restores) => restores.map(({ name }) => name).join(', '),
  }),
};
