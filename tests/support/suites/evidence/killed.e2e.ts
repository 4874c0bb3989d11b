import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { observed } from '../../inline-history.ts';
import { scenario } from '../../inline-scenario.ts';

const has = (file: string, text: string) => existsSync(file) && readFileSync(file, 'utf8').includes(text);
const waits = () => has('out/evidence/it-is-killed/history.ndjson', 'awaits');

scenario('It is killed', {}, async ({ does }) => {
  await does('Then it waits', () =>
    observed(async ({ expect, push }) => {
      push('InProgress');
      // When the others have ended, and before anything of it has been closed.
      const haveEnded = () =>
        ['it-fails', 'it-cannot-clean-up'].every((name) => existsSync(`out/evidence/${name}.tar.gz`)) &&
        ['It passes', 'It does not fit', 'It goes on'].every((name) => has('out/verdicts.ndjson', name));
      setInterval(() => waits() && haveEnded() && process.kill(process.pid, 'SIGKILL'), 5);
      await expect('Completed');
    }, '30s'),
  );
});

// The reporter learns of the steps of a scenario one after the other. When it has all of these, which were later, it also
// knows what the other one was at.
scenario('It goes on', {}, async ({ does }) => {
  await does('Given that the other waits', async () => {
    while (!waits()) await sleep(5);
  });
  for (const next of ['first', 'second', 'third']) await does(`When the ${next} is done`);
});
