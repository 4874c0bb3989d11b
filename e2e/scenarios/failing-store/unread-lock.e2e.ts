import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import type { BackupHandle, VolumeHandle } from '../../suite/steps/handles.ts';
import type { LockHandle } from '../../suite/steps/lock/steps.ts';
import type { Steps } from '../../suite/steps/steps.ts';

// Not derived from a document: every user of backups relies on this.
const about: ScenarioOptions = { tags: ['failing-store'] };

type Scene = Pick<Steps, 'given' | 'when' | 'then' | 'data'>;
type Met = { volume: VolumeHandle; lock: LockHandle; second: BackupHandle };
type Trouble = (scene: Scene, met: Met) => ReturnType<Steps['given']['fileEmptied']>;

/** A deletion starts during an upload whose lock Longhorn cannot read. Afterwards the store is healed. */
const besideAnUpload =
  (trouble: Trouble) =>
  async (scene: Scene): Promise<void> => {
    const { given, when, then, data: sizes } = scene;
    const { volume, backup: first } = await backedUpVolume(given, { size: sizes.volume }, sizes.brief);
    const data = await given.data(volume, sizes.small);
    const snapshot = await given.snapshot(volume);
    // The lock of an upload from another cluster. It counts while it exists, however fast this cluster's upload ends.
    const lock = await given.foreignLock(volume, { of: 'a backup' });
    const second = await when.backedUp(snapshot);
    await then.underWay(second);
    const unread = await trouble(scene, { volume, lock, second });
    await then.inForce(unread);

    await when.deleted(first);
    await then.orKnownBug('lock-fails-open', () => then.notDeleted(first));
    await then.inForce(unread);

    await when.released(unread);
    await then.inForce(lock);
    await then.completed(second);
    await when.lockRemoved(lock, first);
    await then.goneInTheEnd(first);
    await then.storeHolds(volume, [second], { ignoreOthers: true });
    await then.restores(second, [data]);
  };

scenario(
  'A deletion does not begin beside an upload whose lock cannot be listed',
  {
    ...about,
    needs: ['listingDenied', 'foreignLock'],
    proves: ['D6'],
    cells: ['take a lock | locks/ | no permission to list it'],
  },
  besideAnUpload(({ given }, { volume }) => given.listingDenied({ of: volume, folder: 'locks' })),
);

scenario(
  'A deletion does not begin beside an upload whose lock is empty',
  {
    ...about,
    tags: ['failing-store', 'slow'],
    needs: ['fileEmptied', 'foreignLock'],
    proves: ['D6'],
    cells: ["take a lock | another's lock | empty file"],
  },
  besideAnUpload(async ({ given, then }, { volume, lock, second }) => {
    // The readable lock of this upload would block the deletion until the upload ends.
    await then.completed(second);
    return given.fileEmptied({ of: volume, lock });
  }),
);

scenario(
  'A deletion does not begin beside an upload whose lock cannot be read, as the server answers with an error',
  {
    ...about,
    tags: ['failing-store', 'slow'],
    needs: ['wrongAnswers', 'foreignLock'],
    proves: ['D6'],
    cells: ["take a lock | another's lock | input/output error reading its data"],
  },
  besideAnUpload(({ given }, { volume }) =>
    given.wrongAnswers('InternalError', { to: 'read', below: { of: volume, folder: 'locks' } }),
  ),
);
