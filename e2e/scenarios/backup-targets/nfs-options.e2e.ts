import { scenario } from '../../suite/scenario.ts';

// longhorn/longhorn#12896: a hard mount hangs when its server hangs, and so does every process that uses it.
scenario(
  'NFS options in the URL of a backup target replace those of Longhorn, but a mount never hangs forever',
  { tags: ['backup-targets'], needs: ['mounted-store'], longhorn: '>=1.12.0', proves: ['T23', 'T24'] },
  async ({ given, then, skip }) => {
    const store = await given.store({ kind: 'the same kind' });
    if (store.driver !== 'nfs') skip('its store is none on NFS');
    const usual = await given.target(await given.store({ kind: 'the same kind' }));
    await then.mountedByDefault(usual);

    const target = await given.target(store, { nfsOptions: 'nfsvers=4.1,hard,timeo=450,noatime' });
    await then.mountedWith(target, ['nfsvers=4.1', 'timeo=450', 'noatime', 'soft', 'retry=2']);
  },
);
