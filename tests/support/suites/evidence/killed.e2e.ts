import { existsSync, readFileSync } from 'node:fs';
import { observed } from '../../inline-history.ts';
import { scenario } from '../../inline-scenario.ts';

scenario('It is killed', {}, async ({ does }) => {
  await does('Then it waits', () =>
    observed(async ({ expect, push }) => {
      push('InProgress');
      // When the others have ended, and before anything of it has been closed.
      const isThere = () =>
        readFileSync('out/evidence/it-is-killed/history.ndjson', 'utf8').includes('awaits');
      const haveEnded = () =>
        ['it-fails', 'it-cannot-clean-up'].every((name) => existsSync(`out/evidence/${name}.tar.gz`)) &&
        ['It passes', 'It does not fit'].every((name) =>
          readFileSync('out/verdicts.ndjson', 'utf8').includes(name),
        );
      setInterval(() => isThere() && haveEnded() && process.kill(process.pid, 'SIGKILL'), 5);
      await expect('Completed');
    }, '30s'),
  );
});
