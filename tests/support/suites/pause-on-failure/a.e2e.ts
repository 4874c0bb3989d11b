import { type InlineSteps, scenario } from '../../inline-scenario.ts';

const reports = ({ does, later }: InlineSteps) =>
  later((madeStays) => does(`Then what was made ${madeStays ? 'stays' : 'goes'}`));
scenario('It passes', {}, async (steps) => reports(steps));
scenario('It is skipped', {}, async (steps) => {
  reports(steps);
  steps.skip('not here');
});
scenario('It fails', {}, async (steps) => {
  reports(steps);
  throw new Error('broken');
});
scenario('It is not provable', {}, async (steps) => {
  reports(steps);
  steps.reclassifies('a gap');
  throw new Error('not seen');
});
