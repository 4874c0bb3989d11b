import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';

const about: ScenarioOptions = { tags: ['ui', 'backup-targets'], needs: ['browser'] };

scenario(
  'A backup target is made, changed and deleted on its page, which shows why it is unavailable',
  { ...about, proves: ['U11', 'U12'] },
  async ({ given, when, then }) => {
    const store = await given.store({ kind: 'the same kind' });
    const page = await given.targetsPage();
    const target = await when.targetMadeOnPage(page, store);
    await then.targetShown(page, target, 'available');
    await when.targetChangedOnPage(page, target, 'a server that is not there');
    await then.targetShown(page, target, 'not available, and why');
    await when.targetDeletedOnPage(page, target);
    await then.targetNotShown(page, target);
    await then.pageHasNoError(page);
  },
);

scenario(
  'The page of backup volumes syncs all volumes, or one',
  { ...about, needs: ['browser', 'fileMissing'], longhorn: '>=1.9.0', proves: ['U13'] },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    const second = await given.settledBackup(volume);
    // The poll would sync them too.
    await when.pollIntervalSet(volume.target, '0s');
    const gone = await given.fileMissing({ configOf: second });
    await then.inForce(gone);
    const page = await given.backupVolumesPage();

    await then.removedFromCluster(second, await when.allSyncedOnPage(page, volume));
    await then.known(first);
    await when.released(gone);
    await when.volumeSyncedOnPage(page, volume);
    await then.known(second);
    await then.pageHasNoError(page);
    await then.storeHolds(volume, [first, second]);
  },
);
