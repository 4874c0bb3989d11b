import { scenario } from '../../inline-scenario.ts';

scenario('It has passed', {}, async ({ does }) => does('Given a thing'));
scenario('It is deaf', {}, async ({ does }) => {
  await does('Given a thing');
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (;;);
});
