import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';

test('the table of the seeds is printed; the exit code tells whether every sentence has what proves it', async () => {
  const script = fileURLToPath(new URL('../../scripts/traceability.ts', import.meta.url));
  const { exitCode, stdout, stderr } = await execa(process.execPath, [script], { reject: false });
  expect(stderr).toBe('');
  expect(stdout).toContain(
    '  normal-second-waits: **Verify** The second backup will be in `Pending` state with message including `waiting for backup to be deleted`.\n      backup-deletion/normal: Then … is Pending and says that it waits for … to be deleted\n',
  );
  const last = stdout.split('\n').at(-1) ?? '';
  const [, waiting, wrong] =
    /^65 sentences: \d+ proven, 2 with a reason why no step proves them, (\d+) not yet played.*, (\d+) wrong$/.exec(last) ?? [];
  expect(wrong).toBe('0');
  expect(exitCode).toBe(waiting === '0' ? 0 : 1);
});
