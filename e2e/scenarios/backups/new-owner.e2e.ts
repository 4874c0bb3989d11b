import { scenario } from '../../suite/scenario.ts';

// Not derived from a document. Seen on a busy real Longhorn, without a manager that ended (longhorn#10874 is near).
scenario(
  'A snapshot that is deleted is gone in the end, although its volume changes its owner meanwhile',
  {
    tags: ['snapshots', 'slow'],
    needs: ['block-device'],
    disruptions: ['manager-kill', 'settings', 'cordon', 'admission-policy'],
    exclusive: ['longhorn-managers', 'nodes', 'all-volumes'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('longhorn-managers', 'nodes', 'all-volumes');
    const volume = await given.volume();
    await given.data(volume);
    const snapshot = await given.snapshot(volume);
    await given.snapshot(volume);
    const denied = await given.ticketDenied(snapshot);
    await then.inForce(denied);
    const away = await when.managerTakenAway(volume);
    await when.snapshotDeleted(snapshot);
    await when.managerBack(volume, away);
    await when.released(denied);
    await then.orKnownBug('new-owner-forgets-deletion', () => then.deletionNotForgotten(snapshot));
  },
);
