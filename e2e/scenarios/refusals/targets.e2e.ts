import { scenario } from '../../suite/scenario.ts';

scenario(
  'Credentials that end with a space or a newline are rejected',
  { tags: ['refusals', 'backup-targets'], needs: ['keyReplaced'], proves: ['T30'] },
  async ({ given, when, then }) => {
    const target = await given.newTarget();
    for (const what of ['a blank', 'a line end'] as const) {
      await when.secretSpoilt(what);
      // Gives each manager time to see the changed Secret.
      await when.storeLookedInto();
      await then.refused(target, `a Secret with a value that ends with ${what}`, {});
    }
  },
);
