import { scenario } from '../../inline-scenario.ts';

scenario('It fails in the second round', {}, async ({ does }) => {
  await does('Then it works', () => {
    if (JSON.parse(process.env.CORRAL_CONFIG ?? '').round === 2)
      throw Object.assign(new Error('not this time'), { verdict: {} });
  });
});
