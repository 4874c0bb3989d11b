import type { Client } from '../kubernetes/client.ts';
import { type ApiResource, apiPathOf, createWriter, type Writer } from '../kubernetes/collection.ts';
import type { Backup, RecurringJob, Setting, SystemBackup, Volume } from '../longhorn/objects.ts';
import { namespace } from '../modelled-on.ts';

const longhorn = (plural: string): ApiResource => ({
  group: 'longhorn.io',
  version: 'v1beta2',
  plural,
  namespace,
});

/** The recurring jobs on the API server. */
export const recurringJobs = (client: Client): Writer<RecurringJob> =>
  createWriter(client, longhorn('recurringjobs'), 'RecurringJob');

/** The system backups on the API server. */
export const systemBackups = (client: Client): Writer<SystemBackup> =>
  createWriter(client, longhorn('systembackups'), 'SystemBackup');

/** Reads a setting that is true or false. Throws for any other value. */
export const readBooleanSetting = async (client: Client, name: string): Promise<boolean> => {
  const { value } = await client.request<Setting>('GET', apiPathOf(longhorn('settings'), name));
  if (value !== 'true' && value !== 'false')
    throw new Error(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
  return value === 'true';
};

const withLabel =
  <T>(plural: string) =>
  async (client: Client, labelSelector: string): Promise<T[]> => {
    const path = `${apiPathOf(longhorn(plural))}?${new URLSearchParams({ labelSelector })}`;
    return (await client.request<{ items: T[] }>('GET', path)).items;
  };

/** Returns the volumes that match a label selector. */
export const volumesWithLabel = withLabel<Volume>('volumes');

/** Returns the system backups that match a label selector. All of them if it is empty. */
export const systemBackupsWithLabel = withLabel<SystemBackup>('systembackups');

/** Returns the Backups that match a label selector. */
export const backupsWithLabel = withLabel<Backup>('backups');
