import { scenario } from '../../inline-scenario.ts';

scenario('It fails', { tags: ['ui'] }, async () => {
  throw new Error('broken');
});
