import { PromiseBroken } from '../../../../e2e/suite/steps/judging.ts';
import { observed } from '../../inline-history.ts';
import { scenario } from '../../inline-scenario.ts';

const damage = { of: 'store', findings: ['block-missing'], gone: [], left: [] } as const;
const deletes = () =>
  observed(({ expect, push }) => {
    push('Deleting', 'Error');
    return expect('Deleting', 'Completed');
  });
scenario('It shows the bug', { proves: ['D2'] }, async ({ does, orKnownBug }) => {
  await orKnownBug('deletion-destroys-other-backups', () =>
    does('Then the store holds it', () =>
      deletes().catch(() => {
        throw new PromiseBroken('5 blocks are missing', damage);
      }),
    ),
  );
  await does('Then it goes on');
});
scenario('It finds it fixed', {}, async ({ orKnownBug }) => {
  await orKnownBug('lock-fails-open', async () => {});
});
scenario('It passes', { proves: ['D3'] }, async ({ does }) => does('Given a thing'));
