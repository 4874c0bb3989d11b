import type { RunningStore } from '../../../store/driver.ts';
import { driverNamed } from '../../../store/drivers/index.ts';
import { volumeFolder } from '../../../store/format/layout.ts';
import type { NewFile } from '../../../store/format/write-backup.ts';
import type { Context } from '../context.ts';
import { isBackupOf } from '../created-objects.ts';
import type { BackupHandle, TargetHandle, VolumeHandle } from '../handles.ts';
import { throwIfAny } from '../judging.ts';
import { runStep, step } from '../step.ts';
import { mountsOf, wrongDefaults, wrongOptions } from './mounts.ts';

const mountedWith = (store: RunningStore, nfsOptions: string): RunningStore => ({
  ...store,
  url: `${store.url}?nfsOptions=${nfsOptions}`,
});

/** The store of a scenario's first backup target. */
export const ownStore = step({
  sentence: 'Given a backup store of its own',
  action: ({ own }: Context) => own.startStore('first'),
  detail: ({ driver }) => driverNamed(driver).called.server,
});

/** The first backup target of a scenario. */
export const ownTarget = step({
  sentence: 'Given a backup target of Longhorn on it',
  action: ({ own }: Context, store: RunningStore) => own.makeTarget(store),
  detail: ({ name, store }) => `${name}, ${store.url}`,
});

/** Returns the default backup target of steps. It is made on its own store when a step first needs it. */
export const firstTarget = (context: Context): Promise<TargetHandle> =>
  context.own.first(async () => runStep(context, ownTarget, await runStep(context, ownStore)));

/** The steps that make further stores and backup targets. */
export const targetSteps = {
  /** Starts an empty store, of the first kind or of the scenario's second kind. */
  'given.store': step({
    sentence: 'Given another backup store of its own, of {kind}',
    parameters: ({ kind }) => ({ kind }),
    action: ({ own }: Context, { kind }: { kind: 'the same kind' | 'another kind' }) =>
      own.startStore(kind === 'the same kind' ? 'first' : 'other'),
    detail: ({ driver, url }) => `${driverNamed(driver).called.server}, ${url}`,
  }),
  /** Without locks. The copy is of the kind of store that the scenario runs on. */
  'given.storeCopy': step({
    sentence: "Given a copy of the volume's folder in another backup store of its own",
    action: async ({ own }: Context, { name, target }: VolumeHandle): Promise<RunningStore> => {
      const { source } = target.store;
      const copy = await own.startStore('first');
      const folder = volumeFolder(name);
      const files: NewFile[] = [];
      for await (const { kind, path, size } of source.walk(folder, 4)) {
        if (kind !== 'file' || path.startsWith(`${folder}/locks/`)) continue;
        files.push({ path: path.slice(folder.length + 1), bytes: await source.read(path, size) });
      }
      const { put, publish } = copy.write(name);
      await put(files);
      await publish();
      return copy;
    },
    detail: ({ url }) => url,
  }),
  /** The first target, made here instead of by the first step that needs one. Only NFS has such options. */
  'given.firstTarget': step({
    sentence:
      'Given a backup target of Longhorn on a backup store of its own, mounted with {options} if on NFS',
    parameters: ({ nfsOptions }) => ({ options: nfsOptions }),
    action: ({ own }: Context, { nfsOptions }: { nfsOptions: string }) =>
      own.first(async () => {
        const store = await own.startStore('first');
        return own.makeTarget(store.driver === 'nfs' ? mountedWith(store, nfsOptions) : store);
      }),
    detail: ({ name, store }) => `${name}, ${store.url}`,
  }),
  /** `nfsOptions`: the options for its NFS mount. */
  'given.target': step({
    sentence: 'Given another backup target of Longhorn on {store}{how}',
    parameters: ({ driver }, { nfsOptions } = {}) => ({
      store: driverNamed(driver).called.store,
      how: nfsOptions ? `, to be mounted with ${nfsOptions}` : '',
    }),
    action: ({ own }: Context, store: RunningStore, { nfsOptions }: { nfsOptions?: string } = {}) =>
      own.makeTarget(nfsOptions ? mountedWith(store, nfsOptions) : store),
    detail: ({ name, store }) => `${name}, ${store.url}`,
  }),
  /**
   * Checks the URL of the target and each mount of its store. `retry` is not checked in mounts, because the mount
   * table does not show it.
   */
  'then.mountedWith': step({
    sentence: 'Then Longhorn mounts the store of the backup target with {options}, and no others of its own',
    parameters: (_, options) => ({ options: options.join(', ') }),
    action: async (context: Context, { name, store }: TargetHandle, options: readonly string[]) => {
      const { spec } = context.timelines.backupTargets.current(name) ?? {};
      const mounts = await mountsOf(context.cluster, store.mountPoint?.() ?? '');
      throwIfAny(
        wrongOptions(options, { url: spec?.backupTargetURL ?? '', mounts }),
        `backup target ${name} is not mounted with the options that it is to have`,
      );
      return mounts;
    },
    detail: (mounts) => mounts.join('; '),
  }),
  /** Of a target on NFS. `retry` is not checked, because the mount table does not show it. */
  'then.mountedByDefault': step({
    sentence: 'Then Longhorn mounts the store of the backup target by NFS 4, with its default options',
    action: async ({ cluster }: Context, { name, store }: TargetHandle) => {
      const mounts = await mountsOf(cluster, store.mountPoint?.() ?? '');
      throwIfAny(wrongDefaults(mounts), `backup target ${name} is not mounted as is documented`);
      return mounts;
    },
    detail: (mounts) => mounts.join('; '),
  }),
  /** Checks Longhorn's objects and the stores of all other targets of the scenario. */
  'then.onlyOnItsTarget': step({
    sentence: 'Then Longhorn and the stores have {backup} on its own backup target only',
    action: async ({ own, timelines }: Context, { name, volume }: BackupHandle) => {
      const others = own.targets.filter((target) => target !== volume.target);
      const problems: string[] = [];
      for (const target of others) {
        const isOf = isBackupOf({ name: volume.name, target });
        const known = [...timelines.backups.objects(), ...timelines.backupVolumes.objects()].filter(isOf);
        const stored = await target.store.backups(volume.name);
        problems.push(
          ...known.map(({ metadata }) => `Longhorn has ${metadata.name} on backup target ${target.name}`),
          ...stored.map((backup) => `the store of backup target ${target.name} has ${backup}`),
        );
      }
      throwIfAny(problems, `backup ${name} is not on backup target ${volume.target.name} alone`);
      return others;
    },
    detail: (others) => `not on ${others.map(({ name }) => name).join(', ')}`,
  }),
};
