import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { BackupTarget } from '../../../../e2e/longhorn/types.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import type { Timeouts } from '../../../../e2e/suite/steps/timeouts.ts';
import { aTarget, createTestContext, emptyTimelines } from '../../../support/test-context.ts';

const limit = { within: '200ms', atMost: '800ms', owner: 'the test' };
const timeouts = new Proxy({} as Timeouts, { get: () => limit });

test('a backup target that is listed again and stays available does not prolong the wait for a report', async () => {
  const timelines = emptyTimelines();
  const list = (lastSyncedAt: string) => {
    const object = {
      metadata: { name: aTarget.name },
      spec: { backupTargetURL: 's3://b@r/' },
      status: { available: true, lastSyncedAt },
    } as BackupTarget;
    timelines.backupTargets.push({ kind: 'modified', at: 1, object });
  };
  list('before');
  const { context } = createTestContext({ timelines, timeouts, target: aTarget.name });
  const waited = expect(bindSteps(context).then.targetReports('no such host')).rejects.toThrow(
    /^timed out after 200 ms \(the test\): not seen that the backup target reports no such host/,
  );
  await sleep(50);
  list('meanwhile');
  await waited;
});
