import { timestamp } from '../manager/context.ts';
import { attachmentActions } from './attachment-actions.ts';
import { backupActions, deleteBackupVolume } from './backup-actions.ts';
import type { Action } from './call.ts';
import { type Shown, shown } from './collections.ts';
import { wrapped } from './errors.ts';
import { textOf } from './input.ts';
import { toCollection } from './resource.ts';
import { schemas, version } from './schemas.ts';
import { toSetting } from './setting.ts';
import { snapshotActions } from './snapshot-actions.ts';

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
  ({ type, list: listOf }: Shown): Action =>
  async ({ datastore, links }) =>
    toCollection(type, listOf(datastore, links), links);

const get =
  (path: string, { get: getOf }: Shown): Action =>
  ({ datastore, name, links }) =>
    wrapped(wordsFor[path]?.(name) ?? `failed to get ${path}`, () => getOf(datastore, name, links));

// Alone among them it has no body for what is not there, and a client takes that 404 for an answer.
const getVolume: Action = async ({ datastore, name, links }) => datastore.volumes.get(name) && shown.volumes?.get(datastore, name, links);

const putSetting: Action = async ({ datastore, name, input, links }) =>
  toSetting(await datastore.settings.patch(name, { value: textOf(input, 'value').trim() }), links);

const backupTargetSync: Action = async ({ datastore, name, input, links }) =>
  wrapped(`failed to synchronize backup target ${name}`, async () => {
    if (input.syncBackupTarget === true) await datastore.backupTargets.patch(name, { spec: { syncRequestedAt: timestamp() } });
    return shown.backuptargets?.get(datastore, name, links);
  });

const actionsOf = (path: string, actions: Record<string, Action>): Record<string, Action> =>
  Object.fromEntries(Object.entries(actions).map(([name, action]) => [`POST ${path}/*?${name}`, action]));

/**
 * Every request that is answered: method and path below /v1, * for a name, and the action if there is one.
 * Longhorn has many more, see its api/router.go.
 */
export const routes: Record<string, Action> = {
  'GET ': async ({ links }) => version(links),
  'GET schemas': async ({ links }) => schemas(links),
  ...Object.fromEntries(Object.entries(shown).map(([path, each]) => [`GET ${path}`, list(each)])),
  ...Object.fromEntries(Object.entries(shown).map(([path, each]) => [`GET ${path}/*`, get(path, each)])),
  'GET volumes/*': getVolume,
  'PUT settings/*': putSetting,
  'DELETE backupvolumes/*': deleteBackupVolume,
  ...actionsOf('volumes', { ...attachmentActions, ...snapshotActions }),
  ...actionsOf('backupvolumes', backupActions),
  ...actionsOf('backuptargets', { backupTargetSync }),
};
