import { rename, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { removeMade } from '../../e2e/suite/steps/cleanup.ts';
import type { Context } from '../../e2e/suite/steps/context.ts';
import type { TargetHandle } from '../../e2e/suite/steps/handles.ts';
import { uniqueName } from '../../e2e/suite/steps/made.ts';
import { bindSteps } from '../../e2e/suite/steps/subjects.ts';
import { openTimelines } from '../../e2e/suite/steps/timelines.ts';
import { backupConfigPath } from '../../emulator/backupstore/paths.ts';
import { createTestContext } from '../support/test-context.ts';
import type { SharedLonghorn } from './support/local-cluster.ts';
import { useLonghorn, withPods } from './support/use-longhorn.ts';

const [name, run] = ['restores', 'restor'];

let local: SharedLonghorn;
let context: Context;
let target: TargetHandle;
let root: string;
const stop = new AbortController();

useLonghorn(async (started) => {
  ({ local } = started);
  await started.user.target(name, `store-${name}`);
  root = join(dirname(local.store), `store-${name}`);
  const timelines = await openTimelines(local.cluster, stop.signal);
  ({ context } = createTestContext({
    ...{ cluster: withPods(local), root, run, target: name, timelines },
    ...{ without: ['block-device'], uniqueName: (what) => uniqueName(run, what) },
  }));
  target = await context.own.first(() => Promise.reject(new Error('there is one')));
});
afterAll(() => stop.abort(new Error('the test is over')));

test('an old backup is restored; without its config it is not, and says why', async () => {
  const { given, when, then } = bindSteps(context);
  const { backup } = await given.foreignBackup(target, { size: 16 << 20, by: 'v1.0' });
  await when.storeLookedInto(target);
  await then.known(backup);
  await when.pollIntervalSet(target, '0s');

  const config = join(root, backupConfigPath(backup.volume.name, backup.name));
  await rename(config, `${config}.aside`);
  await then.restoreFails(await when.restored(backup), 'restore-without-backup');
  await rename(`${config}.aside`, config);
  await when.storeLookedInto(target);
  await then.known(backup);

  const restore = await when.restored(backup);
  await then.restored(restore, []);
  await then.unusedMeanwhile(restore);

  await truncate(config);
  await then.restoreFails(await when.restored(backup), 'restore-config-spoilt');
  const { cluster, timelines, made, timeouts, own } = context;
  await removeMade({ cluster, timelines, made, own, timeouts });
  expect(timelines.volumes.objects().map(({ metadata }) => metadata.name)).not.toContain(restore.name);
});
