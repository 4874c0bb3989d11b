import { decodeBackupURL } from '../backupstore/url.ts';
import { findBackupVolume } from '../controllers/volume/status.ts';
import type { Backup, Volume } from '../longhorn/objects.ts';
import type { Datastore } from '../manager/datastore.ts';
import { labels } from '../modelled-on.ts';
import { requestSync } from './backup-actions.ts';
import { type ApiAction, type ApiCall, numberField, stringField, stringListField } from './call.ts';
import { NotFound, withErrorContext } from './errors.ts';
import { toCollection, withLinks } from './resource.ts';
import { toVolume } from './volume.ts';

type Tagged = 'node' | 'disk';

const tagsOf = ({ nodes }: Datastore, of: Tagged): string[] => {
  const specs = nodes.list().map(({ spec }) => spec);
  const lists = of === 'node' ? specs : specs.flatMap(({ disks }) => Object.values(disks));
  return [...new Set(lists.flatMap(({ tags }) => tags ?? []))].sort();
};

/** Lists the tags of all nodes, or of all disks. */
export const listTags =
  (of: Tagged): ApiAction =>
  async ({ datastore, links }) =>
    toCollection(
      'tag',
      tagsOf(datastore, of).map((name) => withLinks({ id: name, type: 'tag', name, tagType: of }, links)),
      links,
    );

const selector = ({ datastore, input }: ApiCall, of: Tagged): string[] => {
  const wanted = stringListField(input, `${of}Selector`);
  const missing = wanted.find((tag) => !tagsOf(datastore, of).includes(tag));
  if (missing !== undefined) throw new Error(`specified ${of} tag ${missing} does not exist`);
  return wanted;
};

const units: Record<string, number> = { Mi: 2 ** 20, Gi: 2 ** 30 };

// The page sends 1Gi.
const inBytes = (size: string): string => {
  const [, number, unit = ''] = /^([\d.]+)([MG]i)?$/.exec(size) ?? [];
  return `${Number(number ?? 0) * (units[unit] ?? 1)}`;
};

/** The Backup that the volume is to be restored from. */
const sourceOf = ({ datastore, input }: ApiCall): Backup | undefined => {
  const url = stringField(input, 'fromBackup');
  return url === '' ? undefined : datastore.backups.get(decodeBackupURL(url).backup);
};

// Longhorn's webhook does this and the next three. The emulator's admission policies exempt the managers.
const sizeOf = (call: ApiCall): string =>
  sourceOf(call)?.status?.volumeSize || inBytes(stringField(call.input, 'size'));

const targetOf = (call: ApiCall): string =>
  sourceOf(call)?.status?.backupTargetName || stringField(call.input, 'backupTargetName') || 'default';

const labelsOf = (url: string): Record<string, string> =>
  url === '' ? {} : { [labels.backupVolume]: decodeBackupURL(url).volume };

const blockSizeOf = async ({ datastore, input }: ApiCall): Promise<string> => {
  const size = stringField(input, 'backupBlockSize') || '0';
  return size === '0'
    ? `${Number((await datastore.settings.fetch('default-backup-block-size')).value) * 2 ** 20}`
    : size;
};

/** Creates a Volume. One from a backup has the size of that. */
export const createVolumeObject: ApiAction = async (call) => {
  const { datastore, input, links } = call;
  const text = (field: string): string => stringField(input, field);
  const isStandby = input.standby === true;
  if (isStandby && text('fromBackup') === '')
    throw new Error(`failed to create standby volume ${text('name')} without field FromBackup`);
  const selectors = { diskSelector: selector(call, 'disk'), nodeSelector: selector(call, 'node') };
  return withErrorContext('failed to create volume', async () => {
    const volume = await datastore.volumes.create({
      metadata: { name: text('name'), labels: labelsOf(text('fromBackup')) },
      spec: {
        ...selectors,
        size: sizeOf(call),
        accessMode: text('accessMode'),
        frontend: text('frontend') || (isStandby ? '' : 'blockdev'),
        ...(isStandby && { Standby: true }),
        fromBackup: text('fromBackup'),
        restoreVolumeRecurringJob: text('restoreVolumeRecurringJob'),
        numberOfReplicas: numberField(input, 'numberOfReplicas'),
        staleReplicaTimeout: numberField(input, 'staleReplicaTimeout'),
        backupBlockSize: await blockSizeOf(call),
        backupTargetName: targetOf(call),
        dataEngine: text('dataEngine') || 'v1',
      } as Volume['spec'],
    });
    return toVolume(datastore, volume, links);
  });
};

/** Changes the backup target of a Volume. */
export const updateBackupTargetName: ApiAction = async ({ datastore, name, input, links }) => {
  if (!datastore.volumes.get(name)) throw new NotFound('volume', name);
  const spec = { backupTargetName: stringField(input, 'backupTargetName') };
  return toVolume(datastore, await datastore.volumes.patch(name, { spec }), links);
};

const frontends = ['blockdev', 'iscsi'];

/** Ends the standby of a Volume, and lets its backups be looked at once more. */
export const activateStandby: ApiAction = ({ datastore, name, input, links }) =>
  withErrorContext(`unable to activate volume ${name}`, async () => {
    const { metadata, spec, status } = datastore.volumes.get(name) ?? {};
    if (!metadata || !spec) throw new NotFound('volume', name);
    if (!status?.isStandby) throw new Error(`volume ${name} is already in active mode`);
    if (!spec.Standby) throw new Error(`volume ${name} is being activated`);
    const frontend = stringField(input, 'frontend');
    if (!frontends.includes(frontend)) throw new Error(`invalid frontend ${frontend}`);
    const source = metadata.labels?.[labels.backupVolume];
    const known = source && findBackupVolume({ datastore }, source, spec.backupTargetName);
    if (known) await requestSync({ datastore }, known.metadata.name);
    const change = { spec: { frontend, Standby: false } as Partial<Volume['spec']> };
    return toVolume(datastore, await datastore.volumes.patch(name, change), links);
  });
