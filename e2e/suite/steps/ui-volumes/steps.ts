import { longhornResources } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import { scenarioAnnotation } from '../created-objects.ts';
import type { BackupHandle, PageHandle, TablePageHandle, VolumeHandle } from '../handles.ts';
import type { RestoreHandle } from '../restore/restore.ts';
import { mebibyte } from '../sizes.ts';
import { step } from '../step.ts';
import { firstTarget } from '../target/steps.ts';
import { openTable, untilMadeOnPage } from '../ui-tables/steps.ts';
import { attach, readyNodes } from '../volume/volume.ts';

/** A volume that was made on the page. `blockSize`: of its backups, in bytes. */
type MadeOnPage = VolumeHandle & { blockSize: number };

const standbyMark = 'Disaster Recovery Volume';

/** As the page writes a size. */
const shownSize = (bytes: number): string => `${bytes / mebibyte} Mi`;

/** The steps on the page of volumes in Longhorn's user interface. */
export const uiVolumesSteps = {
  'given.volumesPage': step({
    sentence: "Given the page of volumes in Longhorn's user interface",
    action: (context: Context) => openTable(context, { path: 'volume', table: '#volumeTable' }),
  }),
  'then.markedAsStandby': step({
    sentence: 'Then the page marks {standby} as a volume on standby, and not {volume}',
    parameters: (_, { standby, volume }) => ({ standby, volume: volume.name }),
    action: async (
      _: Context,
      { page }: TablePageHandle,
      { standby, volume }: { standby: RestoreHandle; volume: VolumeHandle },
    ) => {
      const said = await page.marked(standby.name, 'Name');
      if (!said.startsWith(standbyMark))
        throw new Error(`the page says of ${standby.label} "${said}", not "${standbyMark}"`);
      await page.unmarked(volume.name, 'Name');
      return said;
    },
    detail: (said) => `"${said}"`,
  }),
  'when.activatedOnPage': step({
    sentence: 'When {standby} is activated on the page',
    parameters: (_, standby) => ({ standby }),
    action: async (_: Context, { page }: TablePageHandle, { name }: RestoreHandle) => {
      await page.choose(name, 'Activate Disaster Recovery Volume');
      await page.answer('OK');
    },
  }),
  /** It was activated. */
  'then.noLongerMarked': step({
    sentence: 'Then the page no longer marks {standby}',
    parameters: (_, standby) => ({ standby }),
    action: (_: Context, { page }: TablePageHandle, { name }: RestoreHandle) => page.unmarked(name, 'Name'),
  }),
  /** Returns when it is attached. It has one replica. */
  'when.volumeMadeOnPage': step({
    sentence: 'When a volume with backup blocks of {size} is made on the page, and attached to a node',
    parameters: (_, blockSize) => ({ size: shownSize(blockSize) }),
    opens: firstTarget,
    action: async (context: Context, { page }: TablePageHandle, blockSize: number): Promise<MadeOnPage> => {
      const { made, scenario, timelines } = context;
      const [name, node = ''] = [context.uniqueName('volume'), ...(await readyNodes(context))];
      const target = await firstTarget(context);
      made.volumes.push(name);
      await page.press('Create Volume');
      await page.press('Advanced Configurations');
      await page.answer('OK', {
        ...{ Name: name, Size: '1', 'Number of Replicas': '1' },
        ...{ 'Backup Target': [target.name], 'Backup Block Size': [shownSize(blockSize)] },
      });
      await untilMadeOnPage(context, {
        ...{ timeline: timelines.volumes, resource: longhornResources.volumes },
        ...{ name, label: `volume ${name}` },
        annotations: { [scenarioAnnotation]: scenario },
      });
      await attach(context, { name, node });
      return { name, target, node, size: 1024 * mebibyte, blockSize };
    },
    detail: ({ name, node }) => `${name} on ${node}`,
  }),
  'then.blockSizeOfVolumeShown': step({
    sentence: "Then the volume's page shows the size of backup blocks that was chosen",
    action: (_: Context, { page }: TablePageHandle, { blockSize }: MadeOnPage) =>
      page.says('Backup Block Size:', shownSize(blockSize)),
  }),
  'then.blockSizeOfBackupShown': step({
    sentence: 'Then the page shows that the blocks of {backup} are of that size',
    parameters: (_, backup) => ({ backup }),
    action: (_: Context, { page }: PageHandle, { name }: BackupHandle, { blockSize }: MadeOnPage) =>
      page.table.reads(name, 'Backup Block Size', shownSize(blockSize)),
  }),
};
