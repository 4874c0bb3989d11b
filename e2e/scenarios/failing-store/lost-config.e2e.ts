import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// Not derived from a document: power cuts and people destroy files in a store.
const about: ScenarioOptions = { tags: ['failing-store'] };

scenario(
  'A backup whose config is missing from the store disappears from Longhorn, and is back with its config',
  { ...about, needs: ['fileMissing'], proves: ['L2', 'L5', 'L9'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const second = await given.settledBackup(volume);
    const gone = await given.fileMissing({ configOf: second });
    await then.inForce(gone);

    await then.removedFromCluster(second, await when.storeLookedInto());
    await then.known(first);
    await then.storeHolds(volume, [first], { ignoreOthers: true, lostConfigOf: second });
    await then.restores(first, data.slice(0, 1));
    await then.inForce(gone);

    await when.released(gone);
    await when.backupVolumeLookedInto(volume);
    await then.known(second);
    await then.storeHolds(volume, [first, second]);
    await then.restores(second, data);
  },
);

// A policy may deny the deletion, and a manager may be killed before it. The scenario uses the first.
scenario(
  'A backup that was missing in the store, and stayed in Longhorn, is deleted with its files once they are back',
  { ...about, needs: ['fileMissing'], disruptions: ['admission-policy'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    const second = await given.settledBackup(volume);
    const denied = await given.deletionDenied(first);
    await then.inForce(denied);
    const gone = await given.fileMissing({ configOf: first });
    await then.inForce(gone);
    await when.backupVolumeLookedInto(volume);
    await then.markedAsMissing(first);

    await when.released(gone);
    await when.backupVolumeSynced(volume);
    await when.released(denied);
    await then.known(first);
    await when.deleted(first);
    await then.goneInTheEnd(first);
    await then.orKnownBug('missing-mark-outlives-its-cause', () => then.goneFromStore(first));
    await then.restores(second, data);
  },
);

scenario(
  'A backup volume whose volume.cfg is missing reports that, and keeps its backups',
  { ...about, tags: ['failing-store', 'slow'], needs: ['fileMissing'], proves: ['L8'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    const gone = await given.fileMissing({ configOf: volume });
    await then.inForce(gone);

    await then.staysKnown(first, await when.storeLookedInto());
    await then.orKnownBug('missing-volume-cfg-not-shown', () => then.missingConfigReported(volume));
    await then.inForce(gone);

    await when.released(gone);
    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const second = await given.settledBackup(volume);
    await then.storeHolds(volume, [first, second]);
    await then.restores(second, data);
  },
);

scenario(
  'The deletion of a backup removes the blocks that it alone has, or fails, beside another whose config is empty',
  {
    ...about,
    needs: ['fileEmptied'],
    proves: ['D4'],
    cells: ["delete | another backup's config | empty file"],
  },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    // Overwrites the data of the first backup, so that the first has blocks that the second lacks.
    const data = await given.data(volume);
    const second = await given.settledBackup(volume);
    const emptied = await given.fileEmptied({ configOf: second });
    await then.inForce(emptied);

    await when.deleted(first);
    await then.deletionTried(first);
    await then.inForce(emptied);

    await when.released(emptied);
    await then.goneInTheEnd(first);
    await then.known(second);
    await then.orKnownBug('unreadable-neighbour-keeps-blocks', () => then.storeHolds(volume, [second]));
    await then.storeHolds(volume, [second], { ignoreOthers: true });
    await then.restores(second, [data]);
  },
);

scenario(
  'A backup that cannot read volume.cfg fails, and its volume loses no replica',
  { ...about, needs: ['fileEmptied'], cells: ['create | volume.cfg | empty file'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const snapshot = await given.snapshot(volume);
    const emptied = await given.fileEmptied({ configOf: volume });
    await then.inForce(emptied);

    const second = await when.backedUp(snapshot);
    await then.creationFails(second, 'creation-not-begun');
    await then.orKnownBug('unread-volume-cfg-ends-replica', () =>
      then.staysHealthy(volume, { since: second }),
    );
    await then.inForce(emptied);

    await when.released(emptied);
    await then.healthy(volume);
    const third = await given.settledBackup(volume);
    await then.storeHolds(volume, [first, third], { ignoreOthers: true });
    await then.restores(third, data);
  },
);
