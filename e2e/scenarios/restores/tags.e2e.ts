import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

scenario(
  'A volume is restored to the node and the disk that have its tags, and a tag that none has is reported',
  {
    tags: ['restores'],
    needs: ['block-device'],
    exclusive: ['cluster-settings'],
    disruptions: ['settings'],
    proves: ['R11', 'R12'],
  },
  async ({ given, when, then }) => {
    const { volume, data, backup } = await backedUpVolume(given);
    await given.exclusive('cluster-settings');
    const { node, disk, on } = await given.tags({ besides: volume });

    const restore = await when.restored(backup, { replicas: 1, tags: { node, disk } });
    await then.restored(restore, data);
    await then.placedOn(restore, { on });

    const nowhere = 'corral-no-such-tag';
    const byDisk = await when.restored(backup, { replicas: 1, tags: { disk: nowhere } });
    await then.missingTagSaid(byDisk);
    const byNode = await when.restored(backup, { replicas: 1, tags: { node: nowhere } });
    await then.orKnownBug('missing-node-tag-unsaid', () => then.missingTagSaid(byNode));
  },
);

// Not derived from a document.
scenario(
  'A restore for which no node has the tag yet is not given up, and is made once a node has it',
  {
    tags: ['restores', 'slow'],
    needs: ['block-device'],
    exclusive: ['cluster-settings'],
    disruptions: ['settings'],
  },
  async ({ given, when, then }) => {
    const { volume, data, backup } = await backedUpVolume(given);
    await given.exclusive('cluster-settings');

    const node = 'corral-later-tag';
    const restore = await when.restored(backup, { replicas: 1, tags: { node } });
    await then.orKnownBug('unplaced-restore-is-given-up', () => then.unplacedWaits(restore));
    await given.tags({ besides: volume, node });
    await then.restoredInTheEnd(restore, data);
  },
);
