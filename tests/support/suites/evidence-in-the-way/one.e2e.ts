import { mkdirSync, writeFileSync } from 'node:fs';
import { scenario } from '../../inline-scenario.ts';

// In the way of the folder, and only now: what was there before the run has been removed.
mkdirSync('out', { recursive: true });
writeFileSync('out/evidence', '');
scenario('It passes', {}, async ({ does }) => {
  await does('Given a thing');
});
scenario('It fails', {}, async ({ does }) => {
  await does('Given another', () => {
    throw new Error('so it does');
  });
});
