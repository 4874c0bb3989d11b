import type { Condition } from '../kubernetes/objects.ts';
import type { SystemBackup, SystemRestore } from '../longhorn/objects.ts';
import { type ApiAction, stringField } from './call.ts';
import { withErrorContext } from './errors.ts';
import { type Links, type RancherResource, withLinks } from './resource.ts';

type WithState = { state: string; conditions: Condition[] | null };

const errorOf = ({ state = '', conditions }: Partial<WithState> = {}): string => {
  const error = conditions?.find(({ type, status }) => type === 'Error' && status === 'True');
  return state === 'Error' && error ? `${error.reason}: ${error.message}` : '';
};

// Go's text of a time. That of no time is its first one.
const goTime = (time: string | null | undefined): string =>
  `${(time ?? '0001-01-01T00:00:00Z').replace('T', ' ').replace('Z', '')} +0000 UTC`;

/** Converts a SystemBackup to an API resource. */
export const toSystemBackup = ({ metadata, spec, status }: SystemBackup, links: Links): RancherResource =>
  withLinks(
    {
      id: metadata.name,
      type: 'systemBackup',
      name: metadata.name,
      volumeBackupPolicy: spec.volumeBackupPolicy ?? '',
      version: status?.version ?? '',
      state: status?.state ?? '',
      createdAt: goTime(status?.createdAt),
      error: errorOf(status),
    },
    links,
  );

/** Converts a SystemRestore to an API resource. */
export const toSystemRestore = ({ metadata, spec, status }: SystemRestore, links: Links): RancherResource =>
  withLinks(
    {
      id: metadata.name,
      type: 'systemRestore',
      name: metadata.name,
      systemBackup: spec.systemBackup,
      state: status?.state ?? '',
      createdAt: goTime(metadata.creationTimestamp),
      error: errorOf(status),
    },
    links,
  );

/** Creates a SystemBackup. */
export const createSystemBackup: ApiAction = ({ datastore, input, links }) =>
  withErrorContext('failed to create SystemBackup', async () => {
    const metadata = { name: stringField(input, 'name') };
    const spec = { volumeBackupPolicy: stringField(input, 'volumeBackupPolicy') };
    return toSystemBackup(await datastore.systemBackups.create({ metadata, spec }), links);
  });

/** Creates a SystemRestore. */
export const createSystemRestore: ApiAction = ({ datastore, input, links }) => {
  const name = stringField(input, 'name');
  return withErrorContext(`failed to create SystemRestore ${name}`, async () => {
    const spec = { systemBackup: stringField(input, 'systemBackup') };
    return toSystemRestore(await datastore.systemRestores.create({ metadata: { name }, spec }), links);
  });
};

/** Deletes a SystemBackup object. */
export const deleteSystemBackup: ApiAction = async ({ datastore, name }) => {
  await withErrorContext('failed to delete SystemBackup', () => datastore.systemBackups.delete(name));
  return undefined;
};

/** Deletes a SystemRestore object. */
export const deleteSystemRestore: ApiAction = async ({ datastore, name }) => {
  await withErrorContext(`failed to delete SystemRestore ${name}`, () =>
    datastore.systemRestores.delete(name),
  );
  return undefined;
};
