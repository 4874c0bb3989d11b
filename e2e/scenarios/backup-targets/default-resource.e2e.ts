import { scenario } from '../../suite/scenario.ts';

// From Longhorn's page "Customizing Default Settings". Helm writes the ConfigMap.
scenario(
  'The ConfigMap longhorn-default-resource moves the default backup target, and what it leaves open stays',
  {
    tags: ['backup-targets'],
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
