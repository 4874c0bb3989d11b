import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Cluster, resources } from '../../e2e/kube/cluster.ts';
import { longhornClocks } from '../../e2e/longhorn/clocks.ts';
import { requestBackup, untilCompleted } from '../../e2e/suite/steps/backup/backup.ts';
import { removeMade } from '../../e2e/suite/steps/cleanup.ts';
import { type Context, createStep } from '../../e2e/suite/steps/context.ts';
import type { VolumeHandle } from '../../e2e/suite/steps/handles.ts';
import { nothingMade, uniqueName } from '../../e2e/suite/steps/made.ts';
import { openTimelines } from '../../e2e/suite/steps/timelines.ts';
import { timeoutsOn } from '../../e2e/suite/steps/timeouts.ts';
import { judgeRestored, makeRestoredVolume } from '../../e2e/suite/steps/volume/restored.ts';
import { makeSnapshot } from '../../e2e/suite/steps/volume/snapshot.ts';
import { localStore } from '../store/support/local-store.ts';
import { stubCluster } from '../support/stub-cluster.ts';
import { record } from '../support/test-context.ts';
import type { SharedLonghorn } from './support/local-cluster.ts';
import { type User, useLonghorn } from './support/use-longhorn.ts';

const [target, run] = ['own', 'nofron'];

let local: SharedLonghorn;
let user: User;
let context: Context;
let volume: VolumeHandle;
const { told, report } = record();
const stop = new AbortController();

// The managers are processes of this machine, and so is what serves the store.
const withPods = (cluster: Cluster): Cluster => ({
  ...cluster,
  exec: stubCluster().exec,
  list: async (resource, options) => {
    if (resource.plural !== resources.pods.plural) return cluster.list(resource, options);
    const status = { phase: 'Running' };
    const pods = local.nodes.map((name) => ({ metadata: { name }, spec: { nodeName: name }, status }));
    return { items: pods as never[], resourceVersion: '1' };
  },
});

useLonghorn(async (started) => {
  ({ local, user } = started);
  await user.target(target, 'store-own');
  const cluster = withPods(local.cluster);
  const root = join(dirname(local.store), 'store-own');
  context = {
    cluster,
    run,
    timeouts: timeoutsOn(longhornClocks),
    target,
    store: localStore(root, cluster),
    timelines: await openTimelines(local.cluster, stop.signal),
    without: ['block-device'],
    made: nothingMade(),
    step: createStep({ report, signal: stop.signal }),
    uniqueName: (what: string) => uniqueName(run, what),
  } as unknown as Context;
  volume = await makeRestoredVolume(context, { size: 64 << 20 });
});
afterAll(() => stop.abort(new Error('the test is over')));

test('a volume that the suite wrote as a backup is restored, and attached without a device', () => {
  const { status } = context.timelines.volumes.current(volume.name) ?? {};
  expect(status).toMatchObject({
    state: 'attached',
    robustness: 'healthy',
    currentNodeID: volume.node,
    frontendDisabled: true,
  });
  expect(existsSync(local.device(volume.node, volume.name))).toBe(false);
  expect(volume.restored).toHaveLength(32);
});

test('each backup of it sends all that was written, and no other block', async () => {
  for (const again of [false, true]) {
    const backup = await requestBackup(context, await makeSnapshot(context, volume));
    await untilCompleted(context, backup);
    await judgeRestored(context, backup);
    const uploaded = (await context.store.config(volume.name, backup.name))?.uploaded;
    expect(uploaded).toEqual(
      again ? { new: 0, again: expect.any(Number) } : { new: expect.any(Number), again: 0 },
    );
  }
  expect(
    told.filter((line) => line.includes('32 blocks, each with the checksum that was written')),
  ).toHaveLength(2);
});

test('the cleanup takes away what was written as well', async () => {
  const { made, timelines, cluster, timeouts } = context;
  const [{ backup = '' } = {}] = made.written;
  expect(timelines.backups.current(backup)).toBeDefined();
  await removeMade({ cluster, timelines, made, target, timeouts, whenIdle: (_, take) => take() });
  const ofVolume = [...timelines.backups.objects(), ...timelines.backupVolumes.objects()].filter(
    ({ metadata, spec }) =>
      metadata.labels?.['backup-volume'] === volume.name ||
      (spec as { volumeName?: string })?.volumeName === volume.name,
  );
  expect(ofVolume).toEqual([]);
  await user.untilGone('volumes', volume.name);
});
