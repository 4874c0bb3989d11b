import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '../../../history/expectation.ts';
import { entriesOf } from '../../../history/history.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { parseDuration } from '../../../kube/duration.ts';
import type { KubernetesObject, Resource } from '../../../kube/objects.ts';
import { awaitCluster } from '../../../kube/time-account.ts';
import { differsIn, toFinding } from '../../../longhorn/differences/differences.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { BackupTarget } from '../../../longhorn/types.ts';
import type { RunningStore } from '../../../store/driver.ts';
import { driverNamed } from '../../../store/drivers/index.ts';
import { findChromium } from '../../../ui/chromium.ts';
import { openTablePage } from '../../../ui/table-page.ts';
import { knownBackupVolume } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import { runLabel } from '../created-objects.ts';
import type { TablePageHandle, TargetHandle, VolumeHandle } from '../handles.ts';
import { urlsWithoutStore } from '../retarget/steps.ts';
import { forwardFrontend } from '../service-forward.ts';
import { step } from '../step.ts';
import { describeTarget } from '../target/target.ts';

type MadeOnPage<T extends KubernetesObject> = {
  timeline: Timeline<T>;
  resource: Resource;
  name: string;
  label: string;
  describe?: (object: T) => string;
  annotations?: Record<string, string>;
};

/** Waits for an object that was requested on a page, and gives it the label of this run. Returns it as it was made. */
export const untilMadeOnPage = async <T extends KubernetesObject>(
  { cluster, run, timeouts }: Pick<Context, 'cluster' | 'run' | 'timeouts'>,
  { timeline, resource, name, label, annotations, ...how }: MadeOnPage<T>,
): Promise<T> => {
  const found = await waitUntil(timeline, () => true, {
    ...{ name, label: `${label} is there`, ...how },
    ...timeouts.madeOnPage,
  });
  const metadata = { labels: runLabel(run), ...(annotations && { annotations }) };
  await cluster.patch(resource, { namespace, name }, { metadata });
  return found;
};

/** Opens a page of Longhorn's user interface. `table` selects its table, or another part by which it counts as drawn. */
export const openTable = async (
  { cluster, scenarioSignal, pages, timeouts }: Context,
  { path, table }: { path: string; table: string },
): Promise<TablePageHandle> => {
  const forward = await forwardFrontend(cluster, scenarioSignal);
  const opening = openTablePage({
    // The scenario declares its need for a browser, so the run has checked that one exists.
    chromium: findChromium(process.env) ?? 'chromium',
    url: `${forward.url}/#/${path}`,
    carried: forward.carried,
    table,
    patient: parseDuration(timeouts.pageDrawn.within),
  });
  const handle = { page: await awaitCluster(() => opening), disconnections: [] };
  pages.push(handle);
  return handle;
};

const targetOf = ({ timelines }: Context, { name }: TargetHandle): BackupTarget => {
  const target = timelines.backupTargets.current(name);
  if (target === undefined) throw new Error(`backup target ${name} is gone`);
  return target;
};

/** Returns why a backup target is not available, by its status. The page must show the same text. */
const reasonOf = ({ status }: BackupTarget): string =>
  status?.conditions?.find(({ type }) => type === 'Unavailable')?.message?.trim() ?? '';

// Returns all reasons since the last change of the URL. A reason with times in it, such as a mount log, changes at
// each check (longhorn/longhorn#13831), and the page may be several checks behind.
const reasonsOf = (context: Context, target: TargetHandle): string[] => {
  const { metadata, spec } = targetOf(context, target);
  return entriesOf(context.timelines.backupTargets, metadata.name)
    .filter(({ object }) => object.spec.backupTargetURL === spec.backupTargetURL)
    .map(({ object }) => reasonOf(object))
    .filter(Boolean);
};

// In seconds: longhorn-manager refuses a request that comes within this time after the last one (manager/engine.go,
// minSyncBackupTargetIntervalSec). If it is for all volumes, the page does not learn of that.
const leastBetween = 10;

// Longhorn itself may make a request meanwhile: after a sync that added or removed the last backup.
const untilTaken = async (context: Context, volume: VolumeHandle): Promise<string> => {
  for (;;) {
    const { metadata, spec } = knownBackupVolume(context, volume);
    const last = Date.parse(spec?.syncRequestedAt ?? '') || 0;
    const left = last + (leastBetween + 1) * 1000 - Date.now();
    if (left <= 0) return metadata.name;
    await sleep(left);
  }
};

/** The steps on the pages of backup volumes and backup targets in Longhorn's user interface. */
export const uiTableSteps = {
  'given.backupVolumesPage': step({
    sentence: "Given the page of backup volumes in Longhorn's user interface",
    action: (context: Context) => openTable(context, { path: 'backup', table: '#backTable' }),
  }),
  'given.targetsPage': step({
    sentence: "Given the page of backup targets in Longhorn's user interface",
    action: (context: Context) => openTable(context, { path: 'backupTarget', table: '#backupTargetTable' }),
  }),
  /**
   * Affects all backup volumes of this Longhorn. Waits until no other scenario has a volume on standby: that would
   * follow backups too early.
   */
  'when.allSyncedOnPage': step({
    sentence: 'When all backup volumes are synced on the page',
    action: async (context: Context, { page }: TablePageHandle, volume: VolumeHandle) => {
      await untilTaken(context, volume);
      const from = context.timelines.backups.lastSequence();
      await context.turn.changingTargets(() => page.press('Sync All Backup Volumes'));
      return { target: volume.target, from, before: undefined };
    },
  }),
  'when.volumeSyncedOnPage': step({
    sentence: "When the volume's backups are synced on the page",
    action: async (context: Context, { page }: TablePageHandle, volume: VolumeHandle) =>
      page.choose(await untilTaken(context, volume), 'Sync Backup Volume'),
  }),
  'when.targetMadeOnPage': step({
    sentence: 'When a backup target is made on the page, on {store}',
    parameters: (_, { driver }) => ({ store: driverNamed(driver).called.store }),
    action: async (
      context: Context,
      { page }: TablePageHandle,
      store: RunningStore,
    ): Promise<TargetHandle> => {
      const { cluster, timelines, timeouts, own, run } = context;
      const target = { name: context.uniqueName('target'), store };
      own.enter(target);
      await page.press('Create Backup Target');
      await page.answer('OK', {
        Name: target.name,
        URL: store.url,
        'Credential Secret': store.credentialSecret,
      });
      await waitUntil(timelines.backupTargets, () => true, {
        name: target.name,
        label: `backup target ${target.name} is there`,
        ...timeouts.targetMade,
      });
      await cluster.patch(
        longhornResources.backupTargets,
        { namespace, name: target.name },
        { metadata: { labels: runLabel(run) } },
      );
      return target;
    },
    detail: ({ name }) => name,
  }),
  'when.targetChangedOnPage': step({
    sentence: 'When the URL of the backup target is changed on the page, to {place}',
    parameters: (_, __, place) => ({ place }),
    action: async (
      { expected, turn }: Context,
      { page }: TablePageHandle,
      { name, store }: TargetHandle,
      place: keyof typeof urlsWithoutStore,
    ) => {
      for (const id of ['target-not-mounted', 'target-not-listed'] as const) expected.push({ id, of: name });
      await turn.changingTargets(async () => {
        await page.choose(name, 'Edit');
        await page.answer('OK', { URL: urlsWithoutStore[place](store.url) });
      });
    },
  }),
  'when.targetDeletedOnPage': step({
    sentence: 'When the backup target is deleted on the page',
    action: ({ turn }: Context, { page }: TablePageHandle, { name }: TargetHandle) =>
      turn.changingTargets(async () => {
        await page.choose(name, 'Delete');
        await page.answer('Delete');
      }),
  }),
  /** The row must show the same state and reason as the custom resource. */
  'then.targetShown': step({
    sentence: 'Then the page shows the backup target, {state}',
    parameters: (_, __, state) => ({ state }),
    action: async (
      context: Context,
      { page }: TablePageHandle,
      target: TargetHandle,
      state: 'available' | 'not available, and why',
    ) => {
      const { timelines, timeouts, report, version } = context;
      const isAvailable = state === 'available';
      const { name } = target;
      await waitUntil(timelines.backupTargets, ({ status }) => status?.available === isAvailable, {
        name,
        label: `the backup target is ${state}`,
        describe: describeTarget,
        ...timeouts.targetAvailable,
      });
      const { backupTargetURL } = targetOf(context, target).spec;
      await page.reads(name, 'URL', backupTargetURL);
      const shown = await page.reads(name, 'Status', isAvailable ? 'Available' : 'Error');
      const reasons = isAvailable ? [] : reasonsOf(context, target);
      const reason = reasons.at(-1) ?? '';
      const isHidden = !isAvailable && differsIn('target-reason-not-on-page', version);
      const squeezed = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
      const wanted = isAvailable || isHidden ? [''] : reasons.map(squeezed);
      if (!wanted.includes(squeezed(shown)))
        throw new Error(`the page says of backup target ${name} "${shown}", and not "${reason}"`);
      if (isHidden)
        report.finding(
          toFinding('target-reason-not-on-page', `Longhorn ${version} does not show: "${reason}".`),
        );
      return shown;
    },
    detail: (shown) => shown,
  }),
  'then.targetNotShown': step({
    sentence: 'Then the backup target is gone, from the page too',
    action: async ({ timelines }: Context, { page }: TablePageHandle, { name }: TargetHandle) => {
      await page.lacks(name);
      if (timelines.backupTargets.current(name) !== undefined)
        throw new Error(`the page does not show backup target ${name}, which is there`);
    },
  }),
};
