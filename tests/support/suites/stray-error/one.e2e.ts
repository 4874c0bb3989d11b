import { scenario } from '../../inline-scenario.ts';

scenario('It is green beside a stray error', {}, async () => {
  setTimeout(() => {
    throw new Error('nobody waited for this');
  });
  await new Promise((resolve) => setTimeout(resolve, 200));
});
