import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

// Not derived from a document. By Longhorn's source, a replica that a standby volume gets is filled from the store.
scenario(
  'A standby volume that gets one more replica keeps its data, although its backup cannot be read meanwhile',
  { tags: ['standby', 'failing-store', 'slow'], needs: ['block-device', 'fileMissing'] },
  async ({ given, when, then }) => {
    const { volume, data, backup } = await backedUpVolume(given);
    const standby = await when.standbyMade(backup, { replicas: 1 });
    await then.follows(standby, backup);

    // No polls: a sync of the store would make Longhorn remove the Backup object.
    await when.pollIntervalSet(volume.target, '0s');
    const gone = await given.fileMissing({ configOf: backup });
    await then.inForce(gone);
    await when.replicaAdded(standby);
    const kept = await then.orKnownBug('added-replica-ends-standby', () => then.restoreWaits(standby));

    await when.released(gone);
    const last = kept ? standby : await when.standbyMade(backup, { another: true });
    await then.follows(last, backup);
    await when.activated(last);
    await then.activated(last, data);
  },
);
