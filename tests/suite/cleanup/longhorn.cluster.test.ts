import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Cluster } from '../../../e2e/kube/cluster.ts';
import { cleanup } from '../../../e2e/suite/cleanup/cleanup.ts';
import { runLabel } from '../../../e2e/suite/steps/created-objects.ts';
import { timeoutsOn } from '../../../e2e/suite/steps/timeouts.ts';
import { backupConfigPath } from '../../../emulator/backupstore/paths.ts';
import { namespace } from '../../../emulator/modelled-on.ts';
import { longhorn, type SharedLonghorn } from '../../emulator/support/local-cluster.ts';
import { type User, useLonghorn } from '../../emulator/support/use-longhorn.ts';

const mebibyte = 1 << 20;
const run = 'clean1';
const clocks = { deletionBackoff: 6_000, resync: 3_000, lockLife: 15_000, monitorPoll: 500 };

let local: SharedLonghorn;
let user: User;
let cluster: Cluster;
useLonghorn(async (started) => {
  ({ local, user } = started);
  await user.useStore();
  // Without a kubelet, nothing runs in a pod; there is nothing to be healed.
  const nothing = async () => ({ stdout: '', stderr: '', exitCode: 0 });
  cluster = { ...local.cluster, exec: nothing, script: nothing };
});

/** A volume with a snapshot and a settled backup of it, by the stand-ins for Longhorn. */
const backedUp = async (
  volume: string,
  { target, node, more = {} }: { target: string; node: string; more?: object },
): Promise<void> => {
  await user.volume(volume, { node, size: 16 * mebibyte, backupTargetName: target, ...more });
  await user.write(node, volume, mebibyte);
  await user.snapshot(`snapshot-of-${volume}`, volume);
  await user.backup(`backup-of-${volume}`, { snapshot: `snapshot-of-${volume}`, volume, target });
  await user.untilSettled(`backup-of-${volume}`, volume);
};
const mark = (plural: string, name: string): Promise<unknown> =>
  local.cluster.patch(longhorn(plural), { namespace, name }, { metadata: { labels: runLabel(run) } });

test('the stand-ins for Longhorn let all go, with the files in the store; other volumes and backups stay', async () => {
  const [volume, target] = ['volume', 'target'].map((what) => `corral-${run}-${what}-0001`) as [
    string,
    string,
  ];
  await user.target(target, 'its-own');
  await mark('backuptargets', target);
  await backedUp(volume, { target, node: 'node2' });
  await mark('volumes', volume);
  // As the suite's own steps ask for it.
  const parameters = { disableFrontend: 'false' };
  const corral = { id: 'corral', type: 'longhorn-api', nodeID: 'node2', parameters };
  const attachment = { namespace, name: volume };
  const tickets = { spec: { attachmentTickets: { corral, test: null } } };
  await local.cluster.patch(longhorn('volumeattachments'), attachment, tickets);
  await backedUp('mine', { target: 'default', node: 'node3' });
  const config = (store: string, of: string): string =>
    join(local.store, '..', store, backupConfigPath(of, `backup-of-${of}`));
  expect([config('its-own', volume), config('export', 'mine')].map(existsSync)).toEqual([true, true]);

  const printed: string[] = [];
  const print = (line: string): void =>
    void printed.push(line.replace(/\d+ min( \d+ s)?\b|\d+(\.\d+)? m?s\b/g, '<time>'));
  const how = { force: false, dryRun: false, timeouts: timeoutsOn(clocks), print };
  expect(await cleanup({ cluster, wanted: new Set([run]), ...how })).toBe(true);
  expect(printed).toEqual([
    'run clean1 has left 1 backup, 1 backup volume, 1 volume, 1 snapshot, 1 backup target',
    `backup backup-of-${volume}: gone after <time>`,
    expect.stringMatching(/^backup volume \S+: gone after <time>$/),
    `volume ${volume}: gone after <time>`,
    `snapshot snapshot-of-${volume}: gone after <time>`,
    `backup target ${target}: gone after <time>`,
    '5 objects removed in <time>, nothing left',
  ]);
  expect([config('its-own', volume), config('export', 'mine')].map(existsSync)).toEqual([false, true]);
  expect(user.timelines.volumes.current('mine')?.status?.state).toBe('attached');
  expect(user.timelines.backups.current('backup-of-mine')?.status?.state).toBe('Completed');
});
