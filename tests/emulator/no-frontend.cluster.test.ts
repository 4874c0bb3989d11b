import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { requestBackup, untilCompleted } from '../../e2e/suite/steps/backup/backup.ts';
import { removeCreatedObjects } from '../../e2e/suite/steps/cleanup.ts';
import type { Context } from '../../e2e/suite/steps/context.ts';
import { uniqueName } from '../../e2e/suite/steps/created-objects.ts';
import type { VolumeHandle } from '../../e2e/suite/steps/handles.ts';
import { beginRestore, untilFollowed } from '../../e2e/suite/steps/restore/restore.ts';
import { runStep } from '../../e2e/suite/steps/step.ts';
import { openTimelines } from '../../e2e/suite/steps/timelines.ts';
import { makeRestoredVolume } from '../../e2e/suite/steps/volume/restored.ts';
import { makeSnapshot } from '../../e2e/suite/steps/volume/snapshot.ts';
import { hasRestoredData } from '../../e2e/suite/steps/volume/steps.ts';
import { createTestContext } from '../support/test-context.ts';
import type { SharedLonghorn } from './support/local-cluster.ts';
import { type User, useLonghorn, withPods } from './support/use-longhorn.ts';

const [target, run] = ['own', 'nofron'];

let local: SharedLonghorn;
let user: User;
let context: Context;
let printed: string[];
let volume: VolumeHandle;
const stop = new AbortController();

useLonghorn(async (started) => {
  ({ local, user } = started);
  await user.target(target, 'store-own');
  const cluster = withPods(local);
  const root = join(dirname(local.store), 'store-own');
  const timelines = await openTimelines(local.cluster, stop.signal);
  ({ context, printed } = createTestContext({
    ...{ cluster, root, run, target, timelines, missingCapabilities: ['block-device'] },
    uniqueName: (what) => uniqueName(run, what),
  }));
  volume = await makeRestoredVolume(context, {
    size: 64 << 20,
    target: await context.own.first(() => Promise.reject(new Error('there is one'))),
  });
});
afterAll(() => stop.abort(new Error('the test is over')));

test('a volume that the suite wrote as a backup is restored without a device; each backup of it sends what was written, and the cleanup takes it all away', async () => {
  const { made, timelines, cluster, timeouts } = context;
  expect(timelines.volumes.current(volume.name)?.status).toMatchObject({
    ...{ state: 'attached', robustness: 'healthy', currentNodeID: volume.node, frontendDisabled: true },
  });
  expect(existsSync(local.device(volume.node, volume.name))).toBe(false);
  for (const again of [false, true]) {
    const backup = await requestBackup(context, await makeSnapshot(context, volume));
    await untilCompleted(context, backup);
    await runStep(context, hasRestoredData, backup);
    const uploaded = (await volume.target.store.config(volume.name, backup.name))?.uploaded;
    const some = expect.any(Number);
    expect(uploaded).toEqual(again ? { new: 0, again: some } : { new: some, again: 0 });
    // The cleanup removes one that still follows.
    if (again) await untilFollowed(context, await beginRestore(context, backup, { standby: true }), backup);
  }
  const judged = printed.filter((line) =>
    line.includes('32 blocks, each with the checksum that was written'),
  );
  expect(judged).toHaveLength(2);

  const [{ backup = '' } = {}] = made.written;
  expect(timelines.backups.current(backup)).toBeDefined();
  await removeCreatedObjects({ cluster, timelines, made, own: context.own, timeouts });
  const left = [...timelines.backups.objects(), ...timelines.backupVolumes.objects()].filter(
    ({ metadata, spec }) =>
      metadata.labels?.['backup-volume'] === volume.name ||
      (spec as { volumeName?: string })?.volumeName === volume.name,
  );
  expect(left).toEqual([]);
  await user.untilGone('volumes', volume.name);
});
