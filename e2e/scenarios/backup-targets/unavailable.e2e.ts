import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A backup that is deleted while its target is unreachable stays in the store, and is back when the target is',
  {
    tags: ['backup-targets'],
    needs: ['mounted-store'],
    proves: ['D15', 'T8', 'T28'],
  },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const second = await given.settledBackup(volume);
    const { target } = volume;

    await when.targetMisled(target, 'a server that is not there');
    await then.targetReports('cannot mount');
    await then.known(first);
    await when.deleted(first);
    await then.goneAlone(first);
    await then.stillInStore(first);
    await then.known(second);

    await when.targetMisled(target, 'a folder that is not there');
    await then.targetReports('No such file or directory');
    await then.known(second);

    await when.targetSet(target);
    await then.known(first);
    await then.known(second);
    await then.storeHolds(volume, [first, second]);
    await then.restores(first, data.slice(0, 1));
  },
);
