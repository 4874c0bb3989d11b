import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import { littleData } from '../../suite/steps/sizes.ts';
import type { Steps } from '../../suite/steps/steps.ts';

// longhorn/longhorn#7069, #9765: losses in the store show only when a backup is restored.
const about: ScenarioOptions = { tags: ['restores', 'failing-store', 'slow'], timeout: '60m' };

type Scene = Pick<Steps, 'given' | 'when' | 'then'>;
type Fault = 'fileMissing' | 'fileDamaged';

const restoringWith =
  (fault: Fault, why: 'restore-without-block' | 'restore-damaged') =>
  async ({ given, when, then }: Scene): Promise<void> => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    const lost = await given[fault](await given.blockOf(first));
    await then.inForce(lost);
    await then.restoreFails(await when.restored(first), why);

    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const second = await given.settledBackup(volume);
    await then.restoreFails(await when.restored(second), why);
    await then.inForce(lost);

    const full = await when.backedUp(await given.snapshot(volume), { mode: 'full' });
    await then.completed(full);
    await then.restores(full, data);
    await then.restores(first, data.slice(0, 1));
    await then.restores(second, data);
    // Longhorn stops the replicas of a faulted volume. A replica that was still reading leaves its lock.
    const holds = () => then.storeHolds(volume, [first, second, full], { afterKill: true });
    // A missing block is counted twice when it is uploaded again.
    await (fault === 'fileMissing' ? then.orKnownBug('upload-miscounts-blocks', holds) : holds());
  };

scenario(
  'A restore that lacks a block fails, until a full backup has brought the block back',
  { ...about, needs: ['block-device', 'fileMissing'], proves: ['I8', 'R20'] },
  restoringWith('fileMissing', 'restore-without-block'),
);

scenario(
  'A restore that meets a damaged block fails, until a full backup has repaired the block',
  {
    ...about,
    needs: ['block-device', 'fileDamaged'],
    proves: ['I7', 'I8', 'R20', 'R21'],
  },
  restoringWith('fileDamaged', 'restore-damaged'),
);
