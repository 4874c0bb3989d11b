import { scenario } from '../../inline-scenario.ts';

scenario('It is not provable', {}, async ({ reclassifies }) => {
  reclassifies('a gap');
  throw new Error('not seen');
});
scenario('It is skipped', {}, async ({ skip }) => skip('not here'));
scenario('It fails once', {}, async ({ does }) =>
  does('Then it works', () => {
    if (JSON.parse(process.env.CORRAL_CONFIG ?? '').round !== 2) throw new Error('left');
  }),
);
scenario('It passes', {}, async ({ does }) => does('Given a thing'));
