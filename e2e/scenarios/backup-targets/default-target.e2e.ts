import { scenario } from '../../suite/scenario.ts';

scenario(
  'A new Longhorn has one backup target, default, which has no URL, reports that, and cannot be deleted',
  // On other clusters the default target usually has a user.
  {
    tags: ['backup-targets'],
    needs: ['lab'],
    exclusive: ['default-backup-target'],
    proves: ['T1', 'T12', 'T36'],
  },
  async ({ given, then, skip }) => {
    await given.exclusive('default-backup-target');
    // The installer of a release may have set the URL: a target without a URL would unmount the stores of all other
    // targets.
    if ((await given.defaultTarget()) !== '') skip('its default backup target has been given a URL');
    await then.defaultTargetUnset();
    await then.defaultTargetStays();
  },
);
