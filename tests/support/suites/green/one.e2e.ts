import { scenario } from '../../inline-scenario.ts';

scenario('One is green', { seed: 'manual#one', tags: ['held'] }, async ({ does, note }) => {
  await does('Given a thing');
  note('by the way');
});
