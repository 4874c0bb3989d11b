import { scenario } from '../../suite/scenario.ts';
import { gibibyte, littleData } from '../../suite/steps/sizes.ts';

// A listing by S3 has at most 1000 keys a page.
scenario(
  'The 1001 backups of one volume, and one of a volume of 250 GiB, are all listed in a slow store',
  {
    tags: ['backup-targets', 'slow'],
    timeout: '60m',
    needs: ['block-device', 'wrongAnswers'],
    proves: ['L10', 'L11', 'L12'],
  },
  async ({ given, when, then }) => {
    const { target } = await given.volume();
    const { backups, data } = await given.foreignBackups(target, {
      size: littleData.data.size,
      count: 1001,
    });
    const large = await given.largeForeignBackup(target, { size: 250 * gibibyte, filled: 240 * gibibyte });
    const [first] = backups;
    for (const to of ['list', 'look', 'read'] as const)
      await then.inForce(await given.wrongAnswers('slow', { to }));

    await when.storeLookedInto(target);
    await then.allListed([large]);
    await then.allListed(backups);
    await then.restores(first, [data]);
    await then.storeHolds(first.volume, backups);
    await then.storeHolds(large.volume, [large]);
  },
);
