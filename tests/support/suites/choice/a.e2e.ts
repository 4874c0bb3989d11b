import { type InlineSteps, scenario } from '../../inline-scenario.ts';

const does = async ({ does }: InlineSteps) => does('Given a thing');
scenario('It waits', { seed: 'doc#one', everyStore: true, tags: ['held'] }, does);
scenario('It waits (twice)', { tags: ['held'] }, does);
scenario('It is chosen', { tags: ['ui', 'held'] }, does);
