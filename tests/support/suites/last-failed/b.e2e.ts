import { scenario } from '../../inline-scenario.ts';

scenario('It is not provable', {}, async ({ excuses }) => {
  excuses('a gap');
  throw new Error('not seen');
});
