import { rename, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeMade } from '../../e2e/suite/steps/cleanup.ts';
import type { Context } from '../../e2e/suite/steps/context.ts';
import type { TargetHandle } from '../../e2e/suite/steps/handles.ts';
import { bindSteps } from '../../e2e/suite/steps/subjects.ts';
import { backupConfigPath } from '../../emulator/backupstore/paths.ts';
import { useSteps } from './support/use-longhorn.ts';

let context: Context;
let target: TargetHandle;
let root: string;

useSteps({ name: 'restores', run: 'restor' }, async (started) => {
  ({ context, target, root } = started);
});

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
