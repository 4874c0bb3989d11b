import { waitUntilGone } from '../../../history/expectation.ts';
import { follow } from '../../../history/watch.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { SystemRestore } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { SystemBackupHandle, TablePageHandle, TargetHandle } from '../handles.ts';
import { step } from '../step.ts';
import {
  currentSystemBackup,
  systemBackupState,
  untilSystemBackupIn,
  watchedSystemBackups,
} from '../system-backup/system-backup.ts';
import type { SystemRestoreHandle } from '../system-restore/steps.ts';
import { openTable, untilMadeOnPage } from '../ui-tables/steps.ts';

/** By the texts in the list of policies. */
const policies = { Disabled: 'disabled', Always: 'always', 'If-Not-Present': 'if-not-present' } as const;

type MadeOnPage = SystemBackupHandle & { policy: keyof typeof policies };

const deleteOnPage = async ({ page }: TablePageHandle, name: string): Promise<void> => {
  await page.choose(name, 'Delete');
  await page.answer('OK');
};

/** The steps on the page of system backups in Longhorn's user interface. */
export const uiSystemSteps = {
  'given.systemBackupsPage': step({
    sentence: "Given the page of system backups in Longhorn's user interface",
    action: (context: Context) =>
      openTable(context, { path: 'systemBackups', table: '#systemBackupsTable, #systemRestoresTable' }),
  }),
  'when.systemBackedUpOnPage': step({
    sentence: 'When a system backup is made on the page, with the policy {policy} for volumes',
    parameters: (_, __, policy) => ({ policy }),
    action: async (
      context: Context,
      { page }: TablePageHandle,
      target: TargetHandle,
      policy: MadeOnPage['policy'],
    ): Promise<MadeOnPage> => {
      const { made } = context;
      const [name, label] = [context.uniqueName('system'), 'the system backup'];
      const timeline = await watchedSystemBackups(context);
      made.systemBackups.push(name);
      await page.press('Create');
      await page.answer('OK', { Name: name, 'Volume Backup Policy': [policy] });
      const resource = longhornResources.systemBackups;
      await untilMadeOnPage(context, { timeline, resource, name, label });
      return { name, label, version: '', target, policy };
    },
    detail: ({ name }) => name,
  }),
  /** It was made on the page. */
  'then.systemBackupAsChosen': step({
    sentence:
      'Then {label} has the policy that was chosen, and the page shows its version, and that it is Ready',
    action: async (context: Context, { page }: TablePageHandle, systemBackup: MadeOnPage) => {
      const { name, label, policy } = systemBackup;
      const { spec, status } = await untilSystemBackupIn(context, systemBackup, ['Ready', 'Error']);
      if (spec?.volumeBackupPolicy !== policies[policy])
        throw new Error(
          `${label} (${name}) has the policy ${spec?.volumeBackupPolicy}, not ${policies[policy]}`,
        );
      systemBackup.version = status?.version ?? '';
      await page.reads(name, 'Version', systemBackup.version);
      await page.reads(name, 'State', 'Ready');
    },
    parameters: (_, label) => ({ label }),
  }),
  /** All volumes of the cluster must be detached. */
  'when.systemRestoredOnPage': step({
    sentence: 'When {label} is restored on the page',
    parameters: (_, label) => ({ label }),
    action: async (
      context: Context,
      { page }: TablePageHandle,
      systemBackup: SystemBackupHandle,
    ): Promise<SystemRestoreHandle> => {
      const { cluster, made, scenarioSignal: signal, timelines } = context;
      const resource = longhornResources.systemRestores;
      const timeline = await follow<SystemRestore>(cluster, resource, { namespace, signal });
      const from = timelines.volumes.lastSequence();
      const [name, label] = [context.uniqueName('restore'), `the restore of ${systemBackup.label}`];
      made.systemRestores.push(name);
      await page.choose(systemBackup.name, 'Restore');
      await page.answer('OK', { Name: name });
      const { spec } = await untilMadeOnPage(context, { timeline, resource, name, label });
      if (spec?.systemBackup !== systemBackup.name)
        throw new Error(`${label} (${name}) is of ${spec?.systemBackup}, not of ${systemBackup.name}`);
      return { name, label, from, timeline };
    },
    detail: ({ name }) => name,
  }),
  'then.systemRestoreShown': step({
    sentence: 'Then the page shows {label} in its state',
    parameters: (_, label) => ({ label }),
    action: async (_: Context, { page }: TablePageHandle, { name, label, timeline }: SystemRestoreHandle) => {
      const found = timeline.current(name);
      if (found === undefined) throw new Error(`${label} (${name}) is gone`);
      await page.reads(name, 'State', systemBackupState(found));
    },
  }),
  /** Returns when it is gone, from the page too. */
  'when.systemRestoreDeletedOnPage': step({
    sentence: 'When {label} is deleted on the page, and is gone',
    parameters: (_, label) => ({ label }),
    action: async ({ timeouts }: Context, handle: TablePageHandle, restore: SystemRestoreHandle) => {
      const { name, label, timeline } = restore;
      await deleteOnPage(handle, name);
      await waitUntilGone(timeline, { name, label: `${label} is gone`, ...timeouts.systemBackupGone });
      await handle.page.lacks(name);
    },
  }),
  'when.systemBackupDeletedOnPage': step({
    sentence: 'When {label} is deleted on the page',
    parameters: (_, label) => ({ label }),
    action: (_: Context, page: TablePageHandle, { name }: SystemBackupHandle) => deleteOnPage(page, name),
  }),
  'then.systemBackupGoneFromPage': step({
    sentence: 'Then {label} is gone from the page too',
    parameters: (_, label) => ({ label }),
    action: async (context: Context, { page }: TablePageHandle, systemBackup: SystemBackupHandle) => {
      await page.lacks(systemBackup.name);
      if (await currentSystemBackup(context, systemBackup))
        throw new Error(`the page does not show ${systemBackup.label}, which is there`);
    },
  }),
};
