import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { longhornClocks } from '../../e2e/longhorn/clocks.ts';
import { readPanic } from '../../e2e/longhorn/panic.ts';
import { removeCreatedObjects } from '../../e2e/suite/steps/cleanup.ts';
import { nothingCreated } from '../../e2e/suite/steps/created-objects.ts';
import { openTimelines, type Timelines } from '../../e2e/suite/steps/timelines.ts';
import { timeoutsOn } from '../../e2e/suite/steps/timeouts.ts';
import { backupConfigPath } from '../../emulator/backupstore/paths.ts';
import { namespace } from '../../emulator/modelled-on.ts';
import { createTestContext } from '../support/test-context.ts';
import { type LocalCluster, longhorn } from './support/local-cluster.ts';
import { type User, useOwnLonghorn } from './support/use-longhorn.ts';

const mebibyte = 1 << 20;
const stop = new AbortController();

let local: LocalCluster;
let user: User;
let timelines: Timelines;
useOwnLonghorn(
  async (started) => {
    ({ local, user } = started);
    await user.useStore();
    timelines = await openTimelines(local.cluster, stop.signal);
  },
  { version: 'v1.10.2' },
);
afterAll(() => stop.abort(new Error('the test is over')));

/**
 * Cleans up after a volume with one backup, whose removal stands still between its config and its blocks
 * until `release` is called. Returns, with the cleanup at work, when the Backup has gone.
 */
const cleanup = async (volume: string) => {
  const backup = `b-of-${volume}`;
  const hold = join(dirname(local.store), 'hold');
  await user.volume(volume, { node: 'node2', size: 16 * mebibyte });
  await user.write('node2', volume, 4 * mebibyte);
  await user.snapshot(`s-of-${volume}`, volume);
  await user.backup(backup, { snapshot: `s-of-${volume}`, volume });
  await user.untilSettled(backup, volume);
  // As the suite's own steps ask for it.
  const parameters = { disableFrontend: 'false' };
  const corral = { id: 'corral', type: 'longhorn-api', nodeID: 'node2', parameters };
  const spec = { attachmentTickets: { corral, test: null } };
  await local.cluster.patch(longhorn('volumeattachments'), { namespace, name: volume }, { spec });
  await writeFile(hold, '');
  const made = { ...nothingCreated(), volumes: [volume], snapshots: [`s-of-${volume}`], backups: [backup] };
  const { cluster } = local;
  const timeouts = timeoutsOn(longhornClocks);
  const { own } = createTestContext({ cluster }).context;
  const cleaned = removeCreatedObjects({ cluster, timelines, made, own, timeouts });
  cleaned.catch(() => {});
  const { status } = await user.untilState(backup, 'Deleting');
  await user.untilGone('backups', backup);
  expect(existsSync(join(local.store, backupConfigPath(volume, backup)))).toBe(false);
  const backupVolume =
    timelines.backupVolumes.objects().find(({ spec }) => spec?.volumeName === volume)?.metadata.name ?? '';
  return { cleaned, backupVolume, owner: status?.ownerID ?? '', release: () => rm(hold) };
};

test('a manager of v1.10.2 panics where the backup volume goes while blocks of its last backup are still being removed', async () => {
  const { cleaned, backupVolume, owner, release } = await cleanup('v1');
  await user.untilGone('backupVolumes', backupVolume);
  await release();
  expect(await local.untilExit(owner)).toBe(2);
  expect(readPanic(await local.log(owner), 'v1.10.2')).toMatchObject({
    first: expect.stringMatching(/^panic: runtime error: /),
    row: { id: 'manager-panics-in-deletion' },
    deletions: [{ volume: 'v1', backup: 'b-of-v1' }],
  });
  local.startManager(owner);
  await cleaned;
});
