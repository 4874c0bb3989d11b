import { type InlineSteps, scenario } from '../../inline-scenario.ts';

const tells = ({ does, later }: InlineSteps) =>
  later((madeStays) => does(`Then what was made ${madeStays ? 'stays' : 'goes'}`));
scenario('It passes', {}, async (steps) => tells(steps));
scenario('It is skipped', {}, async (steps) => {
  tells(steps);
  steps.skip('not here');
});
scenario('It fails', {}, async (steps) => {
  tells(steps);
  throw new Error('broken');
});
scenario('It is not provable', {}, async (steps) => {
  tells(steps);
  steps.excuses('a gap');
  throw new Error('not seen');
});
