import { expect, test } from 'vitest';
import type { TablePageHandle } from '../../../../e2e/suite/steps/handles.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import { aTarget, createTestContext, emptyTimelines } from '../../../support/test-context.ts';

const reason = 'failed to list system backups in nfs://nowhere-store:/a: cannot mount nfs';

/** The step on a page whose row of the target has this sign, and a Longhorn of this version. */
const shown = async ({ version, sign }: { version: string; sign: string }) => {
  const timelines = emptyTimelines();
  timelines.backupTargets.push({
    kind: 'modified',
    at: 1,
    object: {
      metadata: { name: aTarget.name },
      spec: { backupTargetURL: 'nfs://nowhere-store:/a' },
      status: {
        available: false,
        conditions: [{ type: 'Unavailable', status: 'True', message: reason }],
      },
    },
  });
  const { context, findings } = createTestContext({ timelines, version });
  const page = { reads: async (_: string, column: string) => (column === 'Status' ? sign : '') };
  const { then } = bindSteps(context);
  await then.targetShown(
    { page, cutOff: [] } as unknown as TablePageHandle,
    aTarget,
    'not available, and why',
  );
  return findings.map(({ code }) => code);
};

test('a page tells why a backup target cannot be used, from v1.10.0 on', async () => {
  expect(await shown({ version: 'v1.10.0', sign: reason })).toEqual([]);
  expect(await shown({ version: 'v1.13.0-dev', sign: `${reason}\n` })).toEqual([]);
  for (const version of ['v1.10.0', 'v1.12.1'])
    await expect(shown({ version, sign: '' })).rejects.toThrow('tells of backup target default ""');
});

test('the page of an older version tells nothing, which is a finding and no failure', async () => {
  for (const version of ['v1.8.2', 'v1.9.2'])
    expect(await shown({ version, sign: '' })).toEqual(['target-reason-not-on-page']);
  await expect(shown({ version: 'v1.9.2', sign: reason })).rejects.toThrow(reason);
});
