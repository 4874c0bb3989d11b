import { scenario } from '../../inline-scenario.ts';

scenario('Two is red', {}, ({ does }) =>
  does('Then it breaks', () => {
    throw new Error('no');
  }),
);
scenario('One is green', {}, async ({ does, finds }) => {
  console.log('by itself');
  await does('Given a thing');
  finds({ code: 'manual-is-wrong', title: 'The manual is wrong', detail: 'It says A' });
});
