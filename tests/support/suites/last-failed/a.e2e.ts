import { existsSync } from 'node:fs';
import { scenario } from '../../inline-scenario.ts';

scenario('It passes', {}, async ({ does }) => does('Given a thing'));
scenario('It fails (once)', { tags: ['held'] }, async () => {
  if (!existsSync('mended')) throw new Error('broken');
});
scenario('It is not allowed', { disruptions: ['manager-kill'] }, async () => {});
