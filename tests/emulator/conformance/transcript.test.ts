import { expect, test } from 'vitest';
import { recordedTranscript } from './conform.ts';
import { mutated } from './mutations.ts';

test('random names are told by their order, wherever they stand', async () => {
  const recorded = await recordedTranscript('v1.12.1/recurring-job');
  const renamed = mutated('v1.12.1/recurring-job', (lines) =>
    JSON.parse(
      JSON.stringify(lines)
        .replaceAll('backup-65cc13da782f4489', 'backup-ffffffffffffffff')
        .replaceAll('cec58566-0292', '00000000-0292'),
    ),
  );
  expect(renamed).toEqual(recorded);
  expect(JSON.stringify(recorded)).toContain('"lastBackup":"backup-of-vz-r-1"');
});

test('what somebody did after the end is left out, and what Longhorn still did is not', async () => {
  const recorded = await recordedTranscript('v1.12.1/held');
  const names = new Set(recorded.flatMap((line) => ('is' in line ? [line.name] : [])));
  expect(names).not.toContain('ho-s3');
  expect(recorded.at(-1)).toMatchObject({ resource: 'volumes', name: 'hold', is: { lastBackup: 'ho-b2' } });
});

test('an object is told from its first status on', async () => {
  const first = (await recordedTranscript('v1.12.1/normal')).find(
    (line) => 'is' in line && line.name === 'zn-b1',
  );
  expect(first).toMatchObject({ is: { state: 'new', finalizers: 'longhorn.io' } });
});
