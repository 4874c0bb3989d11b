import { expect, test } from 'vitest';
import type { TablePageHandle } from '../../../../e2e/suite/steps/handles.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import { aTarget, createTestContext, emptyTimelines } from '../../../support/test-context.ts';

const nowhere = 'nfs://nowhere-store:/a';
const reason = 'failed to list system backups in nfs://nowhere-store:/a: cannot mount nfs';

type Shown = { version: string; sign: string; before?: { url: string; reason: string } };

/** The step on a page whose row of the target has this sign, and a Longhorn of this version. */
const shown = async ({ version, sign, before }: Shown) => {
  const timelines = emptyTimelines();
  const sync = (url: string, message: string) =>
    timelines.backupTargets.push({
      kind: 'modified',
      at: 1,
      object: {
        metadata: { name: aTarget.name },
        spec: { backupTargetURL: url },
        status: { available: false, conditions: [{ type: 'Unavailable', status: 'True', message }] },
      },
    });
  if (before) sync(before.url, before.reason);
  sync(nowhere, reason);
  const { context, findings } = createTestContext({ timelines, version });
  const page = { reads: async (_: string, column: string) => (column === 'Status' ? sign : '') };
  const { then } = bindSteps(context);
  await then.targetShown(
    { page, disconnections: [] } as unknown as TablePageHandle,
    aTarget,
    'not available, and why',
  );
  return findings.map(({ code }) => code);
};

test('a page says why a backup target cannot be used, from v1.10.0 on', async () => {
  expect(await shown({ version: 'v1.10.0', sign: reason })).toEqual([]);
  expect(await shown({ version: 'v1.13.0-dev', sign: `${reason}\n` })).toEqual([]);
  for (const version of ['v1.10.0', 'v1.12.1'])
    await expect(shown({ version, sign: '' })).rejects.toThrow('says of backup target default ""');
});

test('a page may say what the target said a look before, of where it is now', async () => {
  const version = 'v1.12.1';
  const sign = `${reason}, at 10:00:01`;
  expect(await shown({ version, sign, before: { url: nowhere, reason: sign } })).toEqual([]);
  await expect(shown({ version, sign, before: { url: 'nfs://store:/a', reason: sign } })).rejects.toThrow(
    sign,
  );
});

test('the page of an older version says nothing, which is a finding and no failure', async () => {
  for (const version of ['v1.8.2', 'v1.9.2'])
    expect(await shown({ version, sign: '' })).toEqual(['target-reason-not-on-page']);
  await expect(shown({ version: 'v1.9.2', sign: reason })).rejects.toThrow(reason);
});

test('a backup target that the page lacks is not gone while it is there', async () => {
  const timelines = emptyTimelines();
  const { then } = bindSteps(createTestContext({ timelines }).context);
  const page = { page: { lacks: async () => {} }, disconnections: [] } as unknown as TablePageHandle;
  const object = { metadata: { name: aTarget.name }, spec: { backupTargetURL: nowhere } };
  timelines.backupTargets.push({ kind: 'modified', at: 1, object });
  await expect(then.targetNotShown(page, aTarget)).rejects.toThrow(
    'the page does not show backup target default, which is there',
  );
  timelines.backupTargets.push({ kind: 'deleted', at: 2, object });
  await then.targetNotShown(page, aTarget);
});
