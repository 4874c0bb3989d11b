import { expect, test } from 'vitest';
import { loadRecording, replayRecording } from '../../../../e2e/history/recording.ts';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import { concludeMessages } from '../../../../e2e/suite/steps/conclude/conclude.ts';
import { type Context, tellSteps } from '../../../../e2e/suite/steps/context.ts';
import { record } from '../record.ts';

const sentence = 'Then every message of Longhorn is known, and none tells of a failure that was not brought about';

// As if the scenario had just done what was recorded.
const conclude = async (expected: Context['expected']) => {
  const recording = await loadRecording(new URL('../../../../fixtures/recordings/longhorn-v1.12.1/delete-error.ndjson', import.meta.url));
  const { report, told } = record();
  const context = {
    version: 'v1.12.1',
    timelines: {
      backups: replayRecording(recording).timeline<Backup>('backups'),
      snapshots: replayTimeline('snapshots'),
      backupTargets: replayTimeline('backuptargets'),
    },
    made: { volumes: ['vz-e'], snapshots: [], backups: [] },
    target: 'default',
    expected,
    step: tellSteps({ report, signal: new AbortController().signal }),
  };
  return { told, concluded: concludeMessages(context as unknown as Context) };
};

test('what was met is told', async () => {
  const { told, concluded } = await conclude([{ id: 'deletion-denied', of: 'ze-b1' }]);
  await concluded;
  expect(told.at(-1)).toBe(`${sentence}: deletion-denied (failure)`);
});

test('what has no place in the scenario fails it, each on a line of its own', async () => {
  const { told, concluded } = await conclude([]);
  await expect(concluded).rejects.toThrow(
    /^Longhorn v1\.12\.1 said what this scenario has no place for:\n- deletion-denied \(failure\) was not expected: Backup ze-b1 .*\n- deletion-denied .*$/,
  );
  expect(told.at(-1)).toContain(`${sentence} FAILED: `);
});
