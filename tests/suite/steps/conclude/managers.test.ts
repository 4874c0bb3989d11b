import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { Cluster } from '../../../../e2e/kube/cluster.ts';
import type { SharedThing } from '../../../../e2e/longhorn/shared.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import { judgeEnd } from '../../../../e2e/suite/play/judge-end.ts';
import { concludeManagers, excuse } from '../../../../e2e/suite/steps/conclude/conclude.ts';
import { judgeManagers, scenarioNamed } from '../../../../e2e/suite/steps/conclude/managers.ts';
import { nothingMade } from '../../../../e2e/suite/steps/made.ts';
import type { ManagerPodObject } from '../../../../e2e/suite/steps/timelines.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { createTestContext, emptyTimelines } from '../../../support/test-context.ts';

const sentence = 'Then no longhorn-manager was started again meanwhile';

const url = (backup: string, volume: string): string =>
  `nfs://store:/opt/backupstore?backup=${backup}&volume=${volume}`;
const begins = (backup: string, volume: string): string =>
  `time="2026-11-22T08:36:13Z" level=info msg="Start deleting backup ${url(backup, volume)}" func=f file="backups.go:302"`;
const panics = (length: number): string[] => [
  'panic: runtime error: invalid memory address or nil pointer dereference [recovered, repanicked]',
  '',
  'goroutine 9 [running]:',
  `github.com/longhorn/longhorn-manager/controller.(*BackupController).setInprogressDeletionMap(0xc0, {0xc0, 0x${length.toString(16)}}, {0x2d, 0x5})`,
  '\t/app/controller/backup_controller.go:1164 +0xcd',
];
const panicOver = (backup: string, volume: string): string =>
  [begins(backup, volume), ...panics(url(backup, volume).length)].join('\n');

const pod = (restartCount: number, uid = 'u1'): ManagerPodObject => {
  const lastState = { terminated: { exitCode: 2, reason: 'Error' } };
  return {
    metadata: { name: `longhorn-manager-${uid}`, uid },
    spec: { nodeName: 'node1' },
    status: { containerStatuses: [{ name: 'longhorn-manager', restartCount, lastState }] },
  };
};
const again =
  'container longhorn-manager of longhorn-manager-u1 on node1 was started again (its last end: exit code 2, Error)';

test.each<[string, [kind: 'added' | 'modified' | 'deleted', object: ManagerPodObject][], string[]]>([
  [
    'lives on',
    [
      ['added', pod(3)],
      ['modified', pod(3)],
    ],
    [],
  ],
  [
    'is started again',
    [
      ['added', pod(0)],
      ['modified', pod(1)],
      ['modified', pod(1)],
    ],
    [again],
  ],
  [
    'is deleted',
    [
      ['added', pod(0)],
      ['deleted', pod(0)],
    ],
    ['longhorn-manager-u1 on node1 went'],
  ],
  [
    'is another one with other restarts',
    [
      ['added', pod(0)],
      ['added', pod(2, 'u2')],
    ],
    [],
  ],
])('the end of a manager that %s', (_, events, told) => {
  const managers = replayTimeline(
    'pods',
    events.map(([kind, object]) => ({ kind, object, at: 0 })),
  );
  expect(judgeManagers(managers).map((each) => each.told)).toEqual(told);
});

type World = {
  /** The log before the restart; without, none can be read. */
  log?: string;
  restarts?: number;
  exclusive?: SharedThing[];
  /** Backups that are there when the manager ends. */
  present?: string[];
};

const worldOf = ({ log, restarts = 1, exclusive = [], present = [] }: World) => {
  const timelines = emptyTimelines();
  for (const name of ['mine', 'gone', ...present])
    timelines.backups.push({
      kind: present.includes(name) ? 'added' : 'deleted',
      at: 0,
      object: { metadata: { name } } as Backup,
    });
  timelines.managers.push({ kind: 'added', at: 0, object: pod(0) });
  timelines.managers.push({ kind: 'modified', at: 0, object: pod(restarts) });
  const logs: Cluster['logs'] = async (_, { previous } = {}) => {
    if (log === undefined || previous !== true) throw new Error('previous terminated container not found');
    return log;
  };
  const made = { ...nothingMade(), volumes: ['corral-abc123-volume-mine'] };
  return createTestContext({
    version: 'v1.10.2',
    made,
    exclusive: new Set(exclusive),
    timelines,
    cluster: stubCluster({ logs }),
  });
};

const inTime = { interrupted: false, doing: undefined, outage: undefined };
const conclude = async (
  world: World,
  others = async (_: string): Promise<string | undefined> => undefined,
) => {
  const { context, told } = worldOf(world);
  const error = await concludeManagers(context, others).then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  return { told, ...judgeEnd({ ...(error && { error }) }, inTime) };
};

const mine = panicOver('mine', 'corral-abc123-volume-mine');
const others = panicOver('gone', 'corral-abc123-volume-other');

test('a scenario over whose backup a manager panicked fails, and tells the panic with its frames and its row', async () => {
  const { state, reason } = await conclude({ log: mine });
  expect(state).toBe('failed');
  expect(reason).toMatch(
    /^a longhorn-manager ended over what this scenario did:\n- container longhorn-manager of longhorn-manager-u1 on node1 was started again \(its last end: exit code 2, Error\): longhorn-manager v1\.10\.2 ended by a panic that is known as manager-panics-in-deletion \(longhorn\/longhorn#13245; .+\): "panic: runtime error: invalid memory address or nil pointer dereference \[recovered, repanicked\]", at controller\.\(\*BackupController\)\.setInprogressDeletionMap \(backup_controller\.go:1164\); over the removal of backup mine, which is this scenario's\n/,
  );
});

test('one that has had something for itself alone fails over its own, and passes beside another; where none ended, that is told', async () => {
  const exclusive: SharedThing[] = ['longhorn-managers'];
  expect(await conclude({ log: mine, exclusive })).toMatchObject({ state: 'failed' });
  expect(await conclude({ log: others, exclusive })).toMatchObject({ state: 'passed', told: [] });
  const told = [`${sentence} ...`, sentence];
  expect(await conclude({ restarts: 0 })).toMatchObject({ state: 'passed', told });
});

test.each([
  ['corral-abc123-volume-named', 'of the scenario "A deletion"'],
  ['corral-abc123-volume-other', 'of volume corral-abc123-volume-other, of another scenario of this run'],
  ['corral-xyz789-volume-other', 'of volume corral-xyz789-volume-other, which nobody of this run made'],
  ['pvc-1', 'of volume pvc-1, which nobody of this run made'],
])('a scenario beside it is not provable, and names whose %s is', async (volume, whose) => {
  const named = async (object: string) => (object.endsWith('-named') ? 'A deletion' : undefined);
  const { state, reason } = await conclude({ log: panicOver('gone', volume) }, named);
  expect(state).toBe('not-provable');
  expect(reason).toMatch(
    /^a longhorn-manager ended over what somebody else did, so this is no verdict on Longhorn:\n- .+; over /,
  );
  expect(reason).toMatch(new RegExp(`over the removal of backup gone ${whose}$`));
});

test('a removal whose backup was still there is not what a process panicked over', async () => {
  const log = [
    begins('here', 'corral-abc123-volume-mine'),
    begins('gone', 'corral-abc123-volume-them'),
    ...panics(url('gone', 'corral-abc123-volume-them').length),
  ].join('\n');
  const { state, reason } = await conclude({ log, present: ['here'] });
  expect([state, reason]).toEqual(['not-provable', expect.not.stringContaining('backup here')]);
});

test.each<[string, World, RegExp]>([
  [
    'that does not tell over what',
    { log: panics(1).join('\n') },
    /nil pointer dereference .+; its log does not tell over what$/m,
  ],
  ['that was no panic', { log: 'time="x" level=info msg=end' }, /\(its last end: exit code 2, Error\)$/m],
  ['whose log is gone', {}, /what it said before cannot be read: previous terminated container not found$/m],
])('an end %s fails whoever meets it', async (_, world, reason) => {
  const ended = await conclude(world);
  expect(ended.state).toBe('failed');
  expect(ended.reason).toMatch(/^a longhorn-manager ended, which this scenario did not bring about:\n/);
  expect(ended.reason).toMatch(reason);
});

test("a failure of a scenario's own steps beside another's panic is not provable, and one without is a failure", async () => {
  const nobody = async () => undefined;
  const failed = new Error('no backup came');
  const excused = await excuse(worldOf({ log: panicOver('gone', 'pvc-1') }).context, failed, nobody);
  const { state, reason } = judgeEnd({ error: excused }, inTime);
  expect([state, reason]).toEqual([
    'not-provable',
    expect.stringMatching(/over the removal of backup gone of volume pvc-1[\s\S]+because of no backup came/),
  ]);
  for (const world of [
    { restarts: 0 },
    {},
    { log: mine },
    { log: others, exclusive: ['longhorn-managers' as const] },
  ])
    expect(await excuse(worldOf(world).context, failed, nobody)).toBe(failed);
});

test('a scenario is known by the objects in the history of its evidence', async () => {
  const all = await temporaryFolder();
  const keep = async (folder: string, ...lines: object[]) => {
    await mkdir(join(all, folder));
    await writeFile(
      join(all, folder, 'history.ndjson'),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
  };
  const of = (name: string) => ({ object: { metadata: { name } } });
  await keep('one', { recording: 'One' }, { at: 1, marker: 'failed: volume v2 is locked' }, of('v1'));
  await keep('two', { recording: 'Two' }, of('v2'));
  await mkdir(join(all, 'none'));
  const named = scenarioNamed({ folder: () => join(all, 'one') });
  expect(await Promise.all(['v1', 'v2', 'v'].map(named))).toEqual(['One', 'Two', undefined]);
  expect(await scenarioNamed({ folder: () => undefined })('v1')).toBe(undefined);
});
