import { scenario } from '../../suite/scenario.ts';

scenario(
  'A new Longhorn has one backup target, default, which has no URL, says so, and stays',
  // On another cluster it is long since somebody's.
  { tags: ['backup-targets'], needs: ['lab'], proves: ['T1', 'T12'] },
  async ({ given, then, skip }) => {
    // Who installs a release has it mount a store: without a URL its target would unmount the stores of all others.
    if ((await given.defaultTarget()) !== '') skip('its default backup target has been given a URL');
    await then.defaultTargetUnset();
    await then.defaultTargetStays();
  },
);
