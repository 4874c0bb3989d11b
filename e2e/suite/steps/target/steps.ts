import type { RunningStore } from '../../../store/driver.ts';
import { driverNamed } from '../../../store/drivers/index.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, TargetHandle } from '../handles.ts';
import { throwFor } from '../judging.ts';
import { isBackupOf } from '../made.ts';
import { runStep, step } from '../step.ts';
import { mountsOf, wrongOptions } from './mounts.ts';

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

/** The backup target that a step uses where none is named: made, on a store of its own, when a step first needs it. */
export const firstTarget = (context: Context): Promise<TargetHandle> =>
  context.own.first(async () => runStep(context, ownTarget, await runStep(context, ownStore)));

/** The steps that make further stores and backup targets. */
export const targetSteps = {
  /** Another store, of the kind of the first or of the other that the scenario can have; nothing is on it yet. */
  'given.store': step({
    sentence: 'Given another backup store of its own, of {kind}',
    parameters: ({ kind }) => ({ kind }),
    action: ({ own }: Context, { kind }: { kind: 'the same kind' | 'another kind' }) =>
      own.startStore(kind === 'the same kind' ? 'first' : 'other'),
    detail: ({ driver, url }) => `${driverNamed(driver).called.server}, ${url}`,
  }),
  /** Another backup target of Longhorn on such a store, with these options for its mount on NFS. */
  'given.target': step({
    sentence: 'Given another backup target of Longhorn on {store}{how}',
    parameters: ({ driver }, { nfsOptions } = {}) => ({
      store: driverNamed(driver).called.store,
      how: nfsOptions ? `, to be mounted with ${nfsOptions}` : '',
    }),
    action: ({ own }: Context, store: RunningStore, { nfsOptions }: { nfsOptions?: string } = {}) =>
      own.makeTarget(nfsOptions ? { ...store, url: `${store.url}?nfsOptions=${nfsOptions}` } : store),
    detail: ({ name, store }) => `${name}, ${store.url}`,
  }),
  /** In the URL of the target, and, but for `retry`, which only mounting knows, in each mount of its store. */
  'then.mountedWith': step({
    sentence: 'Then Longhorn mounts the store of the backup target with {options}, and no others of its own',
    parameters: (_, options) => ({ options: options.join(', ') }),
    action: async (context: Context, { name, store }: TargetHandle, options: readonly string[]) => {
      const { spec } = context.timelines.backupTargets.current(name) ?? {};
      const mounts = await mountsOf(context.cluster, store.mountPoint?.() ?? '');
      throwFor(
        wrongOptions(options, { url: spec?.backupTargetURL ?? '', mounts }),
        `backup target ${name} is not mounted with the options that it is to have`,
      );
      return mounts;
    },
    detail: (mounts) => mounts.join('; '),
  }),
  /** Neither Longhorn nor the store of any other of the scenario's targets has anything of the backup's volume. */
  'then.onlyOnItsTarget': step({
    sentence: 'Then Longhorn and the stores have {backup} on its own backup target only',
    parameters: (backup) => ({ backup }),
    action: async ({ own, timelines }: Context, { name, volume }: BackupHandle) => {
      const others = own.targets.filter((target) => target !== volume.target);
      const problems: string[] = [];
      for (const target of others) {
        const isOf = isBackupOf({ volume: volume.name, target: target.name });
        const known = [...timelines.backups.objects(), ...timelines.backupVolumes.objects()].filter(isOf);
        const stored = await target.store.backups(volume.name);
        problems.push(
          ...known.map(({ metadata }) => `Longhorn has ${metadata.name} on backup target ${target.name}`),
          ...stored.map((backup) => `the store of backup target ${target.name} has ${backup}`),
        );
      }
      throwFor(problems, `backup ${name} is not on backup target ${volume.target.name} alone`);
      return others;
    },
    detail: (others) => `not on ${others.map(({ name }) => name).join(', ')}`,
  }),
};
