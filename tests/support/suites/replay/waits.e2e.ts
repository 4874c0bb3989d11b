import { observed } from '../../inline-history.ts';
import { scenario } from '../../inline-scenario.ts';

scenario('A backup completes', {}, async ({ does }) => {
  await does('Then the backup completes', () =>
    observed(({ expect, push }) => {
      push('InProgress', 'Completed');
      return expect('InProgress', 'Completed');
    }),
  );
});
scenario('A backup does not', {}, async ({ does }) => {
  await does('Then the backup completes', () =>
    observed(({ expect, push }) => {
      push('InProgress', 'Error');
      return expect('InProgress', 'Completed');
    }),
  );
});
scenario('Nothing comes of it', {}, async ({ does }) => {
  await does('Then the backup completes', () =>
    observed(({ expect, push }) => {
      push('InProgress');
      return expect('InProgress', 'Completed');
    }),
  );
});
