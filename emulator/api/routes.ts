import { decodeBackupURL } from '../backupstore/url.ts';
import type { AttachmentTicket, Volume } from '../longhorn/objects.ts';
import { timestamp } from '../manager/context.ts';
import { backupActions, deleteBackupVolume, syncAllBackupVolumes } from './backup-actions.ts';
import { backupTargetActions, createBackupTarget, deleteBackupTarget } from './backup-target-actions.ts';
import { type ApiAction, type ApiCall, textOf } from './call.ts';
import { type ShownCollection, shown, toSetting } from './collections.ts';
import { NotFound, withErrorContext } from './errors.ts';
import { type Links, type RancherResource, toCollection, withLinks } from './resource.ts';
import { snapshotActions } from './snapshot-actions.ts';
import { toVolume } from './volume.ts';

const patchTickets = async (
  { datastore, name }: ApiCall,
  tickets: Record<string, AttachmentTicket | null> | null,
): Promise<Volume> => {
  const volume = datastore.volumes.get(name);
  if (!volume) throw new NotFound('volume', name);
  await datastore.volumeAttachments.patch(name, { spec: { attachmentTickets: tickets } });
  return volume;
};

const attach: ApiAction = async (call) => {
  const { input, datastore, links } = call;
  const [nodeID, id] = [textOf(input, 'hostId'), textOf(input, 'attachmentID')];
  const ticket: AttachmentTicket = {
    id,
    type: textOf(input, 'attacherType') || 'longhorn-api',
    nodeID,
    parameters: {
      disableFrontend: String(input.disableFrontend === true),
      lastAttachedBy: textOf(input, 'attachedBy'),
    },
  };
  return withErrorContext(`unable to attach volume ${call.name} to ${nodeID}`, async () => {
    if (!datastore.nodes.get(nodeID)) throw new NotFound('node', nodeID);
    return toVolume(datastore, await patchTickets(call, { [id]: ticket }), links);
  });
};

const detach: ApiAction = (call) =>
  withErrorContext(`unable to detach volume ${call.name}`, async () => {
    const { input, datastore, links } = call;
    const tickets = input.forceDetach === true ? null : { [textOf(input, 'attachmentID')]: null };
    return toVolume(datastore, await patchTickets(call, tickets), links);
  });

const activate: ApiAction = (call) =>
  withErrorContext(`unable to activate volume ${call.name}`, async () => {
    const { input, datastore, links, name } = call;
    const volume = datastore.volumes.get(name);
    if (!volume) throw new NotFound('volume', name);
    if (!volume.status?.isStandby) throw new Error(`volume ${name} is already in active mode`);
    if (!volume.spec.Standby) throw new Error(`volume ${name} is being activated`);
    const frontend = textOf(input, 'frontend');
    if (frontend !== 'blockdev') throw new Error(`invalid frontend ${frontend}`);
    const { backupTargetName, fromBackup = '' } = volume.spec;
    const source = datastore.backupVolumes
      .list()
      .find(
        ({ spec }) =>
          spec.volumeName === decodeBackupURL(fromBackup).volume &&
          spec.backupTargetName === backupTargetName,
      );
    if (source)
      await datastore.backupVolumes.patch(source.metadata.name, { spec: { syncRequestedAt: timestamp() } });
    return toVolume(
      datastore,
      await datastore.volumes.patch(name, { spec: { Standby: false, frontend } }),
      links,
    );
  });

/** What can be done to a volume itself, by the action's name. */
const volumeActions: Record<string, ApiAction> = { attach, detach, activate };

const types = Object.values(shown).map(({ type }) => type);

/** What /v1 answers: where the collections are. */
const version = (links: Links): RancherResource => ({
  id: 'v1',
  type: 'apiVersion',
  links: {
    self: links.self,
    ...Object.fromEntries(Object.entries(shown).map(([name, { type }]) => [name, links.collection(type)])),
  },
  actions: {},
});

// Fields are left out: a client that is not made from the schemas at run time needs no more than the
// collections.
const schemas = (links: Links) =>
  toCollection(
    'schema',
    types.map((type) =>
      withLinks(
        {
          id: type,
          type: 'schema',
          pluralName: `${type}s`,
          collectionMethods: ['GET'],
          resourceMethods: type === 'setting' ? ['GET', 'PUT'] : ['GET'],
          resourceFields: {},
          links: { collection: links.collection(type) },
        },
        links,
      ),
    ),
    links,
  );

/** What Longhorn says it failed to get, where it says so. */
const wordsFor: Record<string, (name: string) => string> = {
  backuptargets: (name) => `failed to get backup target ${name}`,
  settings: (name) => `failed to get setting ${name}`,
  nodes: (name) => `failed to get node ${name}`,
  engineimages: (name) => `failed to get engine image '${name}'`,
  backingimages: (name) => `failed to get backing image '${name}'`,
  backupbackingimages: (name) => `failed to get backup backing image '${name}'`,
  recurringjobs: (name) => `failed to get recurring job policy '${name}'`,
};

const list =
  ({ type, list: listOf }: ShownCollection): ApiAction =>
  async ({ datastore, links }) =>
    toCollection(type, listOf(datastore, links), links);

const get =
  (path: string, { get: getOf }: ShownCollection): ApiAction =>
  ({ datastore, name, links }) =>
    withErrorContext(wordsFor[path]?.(name) ?? `failed to get ${path}`, () => getOf(datastore, name, links));

// Alone among them it has no body for what is not there, and a client takes that 404 for an answer.
const getVolume: ApiAction = async ({ datastore, name, links }) =>
  datastore.volumes.get(name) && shown.volumes?.get(datastore, name, links);

const putSetting: ApiAction = async ({ datastore, name, input, links }) =>
  toSetting(await datastore.settings.patch(name, { value: textOf(input, 'value').trim() }), links);

const actionsOf = (path: string, actions: Record<string, ApiAction>): Record<string, ApiAction> =>
  Object.fromEntries(Object.entries(actions).map(([name, action]) => [`POST ${path}/*?${name}`, action]));

/**
 * Every request that is answered: method and path below /v1, * for a name, and the action if there is one.
 * Longhorn has many more, see its api/router.go.
 */
export const routes: Record<string, ApiAction> = {
  'GET ': async ({ links }) => version(links),
  'GET schemas': async ({ links }) => schemas(links),
  ...Object.fromEntries(Object.entries(shown).map(([path, each]) => [`GET ${path}`, list(each)])),
  ...Object.fromEntries(Object.entries(shown).map(([path, each]) => [`GET ${path}/*`, get(path, each)])),
  'GET volumes/*': getVolume,
  'PUT settings/*': putSetting,
  'DELETE backupvolumes/*': deleteBackupVolume,
  ...actionsOf('volumes', { ...volumeActions, ...snapshotActions }),
  ...actionsOf('backupvolumes', backupActions),
  'PUT backupvolumes': syncAllBackupVolumes,
  'POST backuptargets': createBackupTarget,
  'DELETE backuptargets/*': deleteBackupTarget,
  ...actionsOf('backuptargets', backupTargetActions),
};
