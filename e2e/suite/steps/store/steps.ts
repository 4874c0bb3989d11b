import type { Injected } from '../../../faults/fault.ts';
import {
  deniedReading,
  emptiedFile,
  filledStore,
  hiddenFile,
  keptVersions,
  replacedKey,
  stalledServer,
  wrongAnswers,
} from '../../../faults/store-faults.ts';
import { ExpectationError, once, onceGone } from '../../../history/expectation.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import { managerPods } from '../../../longhorn/manager.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import { syncRequest } from '../../../longhorn/sync-request.ts';
import type { Backup, BackupTarget } from '../../../longhorn/types.ts';
import type {
  Asked,
  DeniedReading,
  KeptVersions,
  NotedVersions,
  ReplacedKey,
  RunningStore,
  WrongAnswer,
} from '../../../store/driver.ts';
import { driverNamed } from '../../../store/drivers/index.ts';
import { volumeFolder } from '../../../store/format/layout.ts';
import { is, remains } from '../backup/expectations.ts';
import type { Context } from '../context.ts';
import { sinceDeleted } from '../deletion/deletion.ts';
import { isDeleted, isRefused, storeRefusals } from '../deletion/expectations.ts';
import type { BackupHandle, VolumeHandle, WrittenData } from '../handles.ts';
import { PremiseLost, stays } from '../judging.ts';
import { inMebibytes } from '../sizes.ts';
import { describeTarget } from '../target.ts';
import { judge, storeQuiet } from '../timeouts.ts';
import { judgeRestore } from '../volume/restored.ts';
import { creationEnds, isLetGo, type StoreFailure, storeFailures } from './expectations.ts';
import {
  describeFile,
  describeFolder,
  filePath,
  folderPath,
  type StoreFile,
  type StoreFolder,
} from './places.ts';

/** A key that is replaced at the store, and the means to give Longhorn the new one. */
export type ReplacedKeyHandle = Injected & Pick<ReplacedKey, 'renew'>;

/** Versions that a store keeps, and the means to note those of now. */
type KeptVersionsHandle = Injected & Pick<KeptVersions, 'note'>;

/** A look of Longhorn's into the store, as it was asked for. */
export type Look = {
  /** The mark of the timeline of backups before it. */
  mark: number;
  /** When Longhorn had looked there last before. */
  before: string | undefined;
};

const requests: Record<Asked, string> = {
  list: 'listing of',
  look: 'look at',
  read: 'reading of',
  write: 'writing of',
  delete: 'deletion of',
};

const answers: Record<WrongAnswer, string> = {
  AccessDenied: '403 AccessDenied',
  SlowDown: '503 SlowDown',
  InternalError: '500 InternalError',
  silence: 'nothing',
  'another host': 'the refusal of a signature, as the host was rewritten',
  'another time': 'the refusal of a time, as it was rewritten to 20 minutes ago',
  'short pages': 'pages of two entries',
  'cut short': 'two entries, and no word of the others',
};

/** The steps by which a store fails. */
export const createGivenOfStores = (context: Context) => {
  const deny = (where: StoreFolder, denied: DeniedReading, title: string): Promise<Injected> =>
    context.faults.inject(deniedReading(context.store, { path: folderPath(where), denied, title }));
  return {
    /** The folder cannot be listed; what is in it can be read by its name. Until `when.released`. */
    unlistable: (where: StoreFolder) => {
      const title = `the listing of ${describeFolder(where)} is denied`;
      return context.step.returning(`Given that the listing of ${describeFolder(where)} is denied`, () =>
        deny(where, 'its listing', title),
      );
    },
    /** The folder cannot be listed, and nothing in it looked at, changed or removed. Until `when.released`. */
    unreadable: (where: StoreFolder) => {
      const title = `all reading of ${describeFolder(where)} is denied`;
      return context.step.returning(`Given that all reading of ${describeFolder(where)} is denied`, () =>
        deny(where, 'all that is in it', title),
      );
    },
    /** The file is not there, as if somebody had removed it. Until `when.released`. */
    hidden: (file: StoreFile) => {
      const title = `${describeFile(file)} is gone from the store`;
      return context.step.returning(`Given that ${title}`, () =>
        context.faults.inject(hiddenFile(context.store, { path: filePath(file), title })),
      );
    },
    /** The store takes only so many bytes more. Until `when.released`. */
    spaceLeft: (left: number) => {
      const title = `the store has only ${inMebibytes(left)} of space left`;
      return context.step.returning(`Given that ${title}`, () =>
        context.faults.inject(filledStore(context.store, { left, title })),
      );
    },
    /**
     * Of such requests, about what is in a folder or anything in the store, each or each second, third, … is answered so.
     * Until `when.released`.
     */
    wrongAnswers: (
      answer: WrongAnswer,
      { to, below, every = 1 }: { to: Asked; below?: StoreFolder; every?: number },
    ) => {
      const which = every === 1 ? 'each' : `one of ${every}`;
      const what = below === undefined ? 'what is in the store' : describeFolder(below);
      const title = `${which} ${requests[to]} ${what} is answered with ${answers[answer]}`;
      const wrong = { below: below === undefined ? '' : folderPath(below), every, answer, title };
      return context.step.returning(`Given that ${title}`, () =>
        context.faults.inject(wrongAnswers(context.store, { asked: to, ...wrong })),
      );
    },
    /** The file has nothing in it. Until `when.released`. */
    emptied: (file: StoreFile) => {
      const title = `${describeFile(file)} is empty`;
      return context.step.returning(`Given that ${title}`, () =>
        context.faults.inject(emptiedFile(context.store, { path: filePath(file), title })),
      );
    },
    /** The key by which Longhorn logs in to the store is good no more, until `when.keyRenewed`. */
    keyReplaced: (): Promise<ReplacedKeyHandle> => {
      const title = 'the key by which Longhorn logs in is replaced at the store';
      context.expected.push({ id: 'target-not-listed', of: context.target });
      return context.step.returning(`Given that ${title}`, async () => {
        const fault = replacedKey(context.store, title);
        return { ...(await context.faults.inject(fault)), renew: fault.renew };
      });
    },
    /** Nothing that is written to the store can be deleted for good for a day: it stays as a version. */
    versionsKept: (): Promise<KeptVersionsHandle> => {
      const title = 'the store keeps what is deleted as versions, under retention';
      return context.step.returning(`Given that ${title}`, async () => {
        const fault = keptVersions(context.store, title);
        return { ...(await context.faults.inject(fault)), note: fault.note };
      });
    },
    /** Whoever owns the store notes which versions the volume's files have now. */
    versionsNoted: ({ note }: KeptVersionsHandle, volume: VolumeHandle): Promise<NotedVersions> =>
      context.step.returning(
        `Given that the versions of all files of ${volume.name} in the store are noted`,
        () => note(volumeFolder(volume.name)),
      ),
    /** Another store of the scenario's own, of another kind; nothing is on it yet. */
    otherStore: () =>
      context.step.returning(
        'Given another backup store of its own, of another kind',
        () => context.otherStore(),
        ({ driver, url }) => `${driverNamed(driver).called.server}, ${url}`,
      ),
    /** Nobody answers where the store was, so that mounts of it give up in the end. Until `when.released`. */
    serverGone: () => {
      const title = "the store's server is gone";
      const { expected, target } = context;
      expected.push({ id: 'target-not-mounted', of: target }, { id: 'target-not-listed', of: target });
      return context.step.returning(`Given that ${title}`, () =>
        context.faults.inject(stalledServer(context.store, 'gone', title)),
      );
    },
  };
};

/** The steps that have Longhorn look into the store, or into another one. */
export const createWhenOfStores = (context: Context) => {
  const changeTarget = async (spec: Partial<BackupTarget['spec']>): Promise<Look> => {
    const { cluster, timelines, target } = context;
    const current = timelines.backupTargets.current(target);
    const mark = timelines.backups.mark();
    await cluster.patch(
      longhornResources.backupTargets,
      { namespace, name: target },
      { spec: { ...spec, syncRequestedAt: syncRequest(current ?? {}) } },
    );
    return { mark, before: current?.status?.lastSyncedAt ?? undefined };
  };
  return {
    /** Longhorn is asked to bring what it knows in line with the store, as it does every few minutes. */
    storeLookedInto: (): Promise<Look> =>
      context.step.returning('When Longhorn is made to look into the store', async () => {
        const { timelines, target, timeouts } = context;
        const { backupVolumes } = timelines;
        // One that is on its way out is still there for Longhorn, which would not make it anew.
        const going = backupVolumes
          .objects()
          .filter(
            ({ metadata }) =>
              metadata.deletionTimestamp !== undefined && metadata.labels?.['backup-target'] === target,
          );
        for (const { metadata } of going)
          await onceGone(backupVolumes, {
            name: metadata.name,
            label: `backup volume ${metadata.name} is gone`,
            ...timeouts.backupVolumeGone,
          });
        return changeTarget({});
      }),
    /** Longhorn is given the key by which the old one was replaced. */
    keyRenewed: ({ renew }: ReplacedKeyHandle) =>
      context.step('When the Secret of the backup target is given the new key', renew),
    /** Whoever owns the store brings its files back as they were when they were noted. */
    broughtBack: ({ bringBack }: NotedVersions) =>
      context.step(
        'When the files in the store are brought back as they were then',
        bringBack,
        (files) => `${files} files`,
      ),
    /** The backup target is another store from now on, at which Longhorn is asked to look. */
    targetChanged: (to: RunningStore): Promise<Look> =>
      context.step.returning(
        `When the backup target is changed to ${driverNamed(to.driver).called.store}`,
        () => changeTarget({ backupTargetURL: to.url, credentialSecret: to.credentialSecret }),
      ),
    /** The backup target is the scenario's first store again, at which Longhorn is asked to look. */
    targetChangedBack: (): Promise<Look> =>
      context.step.returning('When the backup target is changed back to its first store', () => {
        const { url, credentialSecret } = context.store;
        return changeTarget({ backupTargetURL: url, credentialSecret });
      }),
  };
};

// Where the store is there and its volumes cannot be listed, Longhorn says so in its log alone (backup_target_controller.go,
// syncBackupVolume, v1.12.1). The URL is this store's alone.
const hasFailedToList = async ({ cluster, store }: Context): Promise<boolean> => {
  const logs = await Promise.all(
    (await managerPods(cluster)).map(({ namespace, name, container }) =>
      cluster.logs({ namespace, name, container }, { tailLines: 20_000 }),
    ),
  );
  return logs.some((log) => log.includes(`failed to list backup volumes in ${store.url}`));
};

/** The steps that judge what Longhorn makes of a store that fails. */
export const createThenOfStores = (context: Context) => {
  const { timelines, version, clocks, timeouts, store, step, target } = context;
  const { backups } = timelines;
  const mayBeRefused = ({ name }: BackupHandle): void =>
    void context.expected.push(...storeRefusals.map((id) => ({ id, of: name })));

  return {
    /** Whatever Longhorn saw at that look, and for as long as it may take to act on it, the backup stays. */
    staysKnown: (backup: BackupHandle, look: Look) => {
      // A Longhorn that tells the listing has failed tells it so.
      context.expected.push({ id: 'target-not-listed', of: target });
      return step.idle(`Then Longhorn looks there, and ${backup.label} stays Completed`, async () => {
        const subject = { ...backup, from: look.mark };
        await stays(
          remains(backups, { backup: subject, state: is('Completed') }),
          timeouts.lookActedOn.within,
        );
        const { status } = timelines.backupTargets.current(target) ?? {};
        if (status?.available && status.lastSyncedAt === look.before && !(await hasFailedToList(context)))
          throw new PremiseLost(
            `nothing tells that Longhorn has looked into the store: its last look was at ${look.before}`,
          );
      });
    },
    /** Longhorn has found at that look that the store has the backup no more, and lets it go as it is. */
    letGo: (backup: BackupHandle, look: Look) =>
      step(`Then Longhorn lets ${backup.label} go, which the store has no more`, () =>
        judge(isLetGo(backups, { ...backup, from: look.mark }), timeouts.backupLetGo),
      ),
    /** The backup target says that it is not available, and this of why. */
    targetTells: (why: string) => {
      context.expected.push({ id: 'target-not-listed', of: target });
      return step(
        `Then the backup target says why it is not available: ${why}`,
        () =>
          once(
            timelines.backupTargets,
            ({ status }) =>
              status?.available === false &&
              (status.conditions ?? []).some(
                ({ type, status, message }) =>
                  type === 'Unavailable' && status === 'True' && message?.includes(why),
              ),
            {
              name: target,
              label: `the backup target says ${why}`,
              describe: describeTarget,
              ...timeouts.targetLost,
            },
          ),
        describeTarget,
      );
    },
    /** Longhorn can use the backup target again. */
    targetAvailable: () =>
      step('Then the backup target is available', () =>
        once(timelines.backupTargets, ({ status }) => status?.available === true, {
          name: target,
          label: 'the backup target is available',
          describe: describeTarget,
          ...timeouts.targetAvailable,
        }),
      ),
    /** Longhorn knows the backup as a completed one, be it still or again. */
    known: (backup: BackupHandle) =>
      step(`Then Longhorn knows ${backup.label}, Completed`, () =>
        once(
          backups,
          (object) =>
            backupState(object) === 'Completed' &&
            Boolean(object.status?.url) &&
            object.metadata.deletionTimestamp === undefined,
          {
            name: backup.name,
            label: `Longhorn knows ${backup.label}, Completed`,
            ...timeouts.writtenBackupKnown,
          },
        ),
      ),
    /** The backup is being uploaded, or is already: with little data nobody may see it InProgress. */
    underWay: (backup: BackupHandle) =>
      step(`Then ${backup.label} is InProgress, or Completed`, () =>
        once(backups, (object) => ['InProgress', 'Completed'].includes(backupState(object)), {
          name: backup.name,
          label: `${backup.label} is under way`,
          describe: describeBackup,
          ...timeouts.secondCompleted,
        }),
      ),
    /**
     * The backup does not go: its deletion fails with a text that is known, or does not get on for as long as
     * one may take.
     */
    notDeleted: (backup: BackupHandle) => {
      mayBeRefused(backup);
      return step(`Then ${backup.label} does not go: its deletion fails, or waits`, () =>
        judge(
          isRefused(backups, { backup: { ...backup, from: sinceDeleted(backup) }, version }),
          timeouts.notDeleted,
        ).catch((error: unknown) => {
          if (!(error instanceof ExpectationError) || error.verdict.state !== 'timed-out') throw error;
        }),
      );
    },
    /** The attempt to delete the backup is over, for Longhorn and in the store, whatever came of it. */
    deletionTried: (backup: BackupHandle) => {
      mayBeRefused(backup);
      return step(`Then the deletion of ${backup.label} is over, or has failed`, async () => {
        const subject = { ...backup, from: sinceDeleted(backup) };
        await judge(isDeleted(backups, subject), timeouts.firstDeleted).catch((error: unknown) => {
          const last = error instanceof ExpectationError ? (error.verdict.last as Backup) : undefined;
          if (last === undefined || backupState(last) !== 'Error') throw error;
        });
        // A backup is gone for Longhorn as soon as its config is: its blocks are removed after that.
        const lockLife = Math.ceil(clocks.lockLife / 1000);
        await store.untilIdle({ volumes: [backup.volume.name], lockLife, ...storeQuiet(clocks) });
      });
    },
    /** Whatever came of its deletion before, the backup goes in the end. */
    goneInTheEnd: (backup: BackupHandle) =>
      step(`Then ${backup.label} is gone in the end`, () =>
        onceGone(backups, {
          name: backup.name,
          label: `${backup.label} is gone`,
          describe: describeBackup,
          ...timeouts.deletedInTheEnd,
        }),
      ),
    /** The backup was begun, and ends in Error, which tells of a store that fails so. */
    creationFails: (backup: BackupHandle, id: StoreFailure) => {
      context.expected.push({ id, of: backup.name });
      return step(
        `Then ${backup.label} goes Error: ${storeFailures[id]}`,
        () =>
          judge(
            creationEnds(backups, { backup: { ...backup, from: backup.since.made }, id, version }),
            timeouts.creationGivesUp,
          ),
        () => backups.current(backup.name)?.status?.error ?? '',
      );
    },
    /** Longhorn can use its target again, and has listed the store since that look was asked for. */
    storeListed: (look: Look) =>
      step('Then Longhorn finds the store, and lists it', () =>
        once(
          timelines.backupTargets,
          ({ status }) => status?.available === true && status.lastSyncedAt !== look.before,
          {
            name: target,
            label: 'Longhorn has listed the store',
            describe: describeTarget,
            ...timeouts.targetAvailable,
          },
        ),
      ),
    /** A volume is restored from the backup, and holds these data. */
    restores: (backup: BackupHandle, data: readonly WrittenData[]) =>
      step(
        `Then a volume restored from ${backup.label} has the data that were written`,
        () => judgeRestore(context, { backup, data }),
        ({ name }) => name,
      ),
  };
};
