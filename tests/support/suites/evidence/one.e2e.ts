import { scenario } from '../../inline-scenario.ts';

scenario('It passes', { exclusive: ['default-backup-target'] }, async ({ does, note, finds, exclusive }) => {
  await does('Given a thing');
  await exclusive('default-backup-target');
  note('a remark');
  finds({ code: 'odd', title: 'It is odd', detail: 'very' });
});
scenario('It fails', {}, async ({ does }) => {
  await does('Given a thing', () => {
    throw new Error('so it does');
  });
});
scenario('It cannot clean up', {}, async ({ later }) => {
  later(() => {
    throw new Error('something stays');
  });
});
scenario('It does not fit', { needs: ['lab'] }, async () => {});
