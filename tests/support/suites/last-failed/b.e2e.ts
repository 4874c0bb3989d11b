import { scenario } from '../../inline-scenario.ts';

scenario('It is not provable', {}, async ({ reclassifies }) => {
  reclassifies('a gap');
  throw new Error('not seen');
});
