import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

// From Longhorn's page "Disaster Recovery Volumes".
scenario(
  'A volume that is put on standby by the API follows its source, takes no write, and nothing is made of it',
  {
    tags: ['standby', 'refusals'],
    needs: ['block-device'],
    disruptions: ['claims'],
    proves: ['DR3', 'DR12'],
  },
  async ({ given, when, then }) => {
    const { data, backup } = await backedUpVolume(given);

    const standby = await when.standbyMadeByApi(backup);
    await then.follows(standby, backup);
    await then.standbyRefuses(standby);
    await then.takesNoWrite(standby);
    await when.activated(standby);
    await then.activated(standby, data);
  },
);
