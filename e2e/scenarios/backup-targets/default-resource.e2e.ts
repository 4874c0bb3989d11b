import { scenario } from '../../suite/scenario.ts';
import type { Steps } from '../../suite/steps/steps.ts';

// From Longhorn's page "Customizing Default Settings". Helm writes the ConfigMap.
scenario(
  'The ConfigMap longhorn-default-resource moves the default backup target, and what it leaves open stays',
  {
    tags: ['backup-targets', 'slow'],
    needs: ['lab', 'block-device'],
    exclusive: ['default-backup-target'],
    disruptions: ['default-target', 'settings'],
    longhorn: '>=1.8.0',
    proves: ['T3'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target');
    await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    await given.defaultPollInterval({ interval: '7m0s' });
    const named = await when.defaultResourceNames(await given.store({ kind: 'the same kind' }));
    const target = await then.isOnNamedStore(named);
    await then.isPolledEach({ interval: '7m0s' });

    const volume = await given.volume({ target });
    const data = await given.data(volume);
    const backup = await given.settledBackup(volume);
    await then.storeHolds(volume, [backup]);
    await then.restores(backup, [data]);
  },
);

/** The ConfigMap names another store than the one that the backup target default was moved back to. */
const movedTarget = async ({ given, when, then }: Pick<Steps, 'given' | 'when' | 'then'>) => {
  await given.exclusive('default-backup-target', 'longhorn-managers');
  const home = await given.store({ kind: 'the same kind' });
  await given.defaultTargetOn(home);
  const { store } = await then.isOnNamedStore(
    await when.defaultResourceNames(await given.store({ kind: 'the same kind' })),
  );
  return { target: await given.defaultTargetOn(home), named: store };
};

// Not derived from a document. With Helm, the ConfigMap has the values of the installation for good.
scenario(
  'The default backup target stays on the store that a user has moved it to, whichever longhorn-manager starts',
  {
    tags: ['backup-targets', 'manager-kill', 'slow'],
    needs: ['lab'],
    exclusive: ['default-backup-target', 'longhorn-managers'],
    disruptions: ['default-target', 'manager-kill', 'settings'],
  },
  async (steps) => {
    const { when, then } = steps;
    const { target } = await movedTarget(steps);
    const killed = await when.managerKilled();
    await then.orKnownBug('default-resource-undoes-changes', () => then.defaultTargetKept(target, killed));
  },
);

scenario(
  'A longhorn-manager starts, though another backup target has the store that the ConfigMap longhorn-default-resource names',
  {
    tags: ['backup-targets', 'manager-kill', 'slow'],
    // Elsewhere others would lose a manager.
    needs: ['lab'],
    exclusive: ['default-backup-target', 'longhorn-managers'],
    disruptions: ['default-target', 'manager-kill', 'settings'],
  },
  async (steps) => {
    const { given, when, then } = steps;
    const { named } = await movedTarget(steps);
    const other = await given.target(named);
    const killed = await when.managerKilled();
    const starts = await then.orKnownBug('refused-default-resource-ends-managers', () =>
      then.managerStarts(killed),
    );
    if (starts) return;
    await when.targetRemoved(other);
    await then.managersReady();
  },
);
