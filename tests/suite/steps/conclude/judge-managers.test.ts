import { expect, test } from 'vitest';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import { judgeManagers } from '../../../../e2e/suite/steps/conclude/managers.ts';
import type { ManagerPodObject } from '../../../../e2e/suite/steps/timelines.ts';

const pod = (
  restartCount: number,
  { uid = 'u1', exitCode }: { uid?: string; exitCode?: number } = {},
): ManagerPodObject => ({
  metadata: { name: `longhorn-manager-${uid}`, uid },
  spec: { nodeName: 'node1' },
  status: {
    containerStatuses: [
      {
        name: 'longhorn-manager',
        restartCount,
        ...(exitCode !== undefined && { lastState: { terminated: { exitCode, reason: 'Error' } } }),
      },
    ],
  },
});

type Told = [kind: 'added' | 'modified' | 'deleted', object: ManagerPodObject];
const judge = (...told: Told[]) =>
  judgeManagers(
    replayTimeline(
      'pods',
      told.map(([kind, object]) => ({ kind, object, at: 0 })),
    ),
  ).map(({ told: line }) => line);

const [young, old] = [pod(0), pod(1, { exitCode: 2 })];

test.each<[string, Told[], string[]]>([
  [
    'one that lives on',
    [
      ['added', pod(3)],
      ['modified', pod(3)],
    ],
    [],
  ],
  [
    'one whose container is started again',
    [
      ['added', young],
      ['modified', old],
      ['modified', old],
    ],
    [
      'container longhorn-manager of longhorn-manager-u1 on node1 was started again (its last end: exit code 2, Error)',
    ],
  ],
  [
    'one that is deleted',
    [
      ['added', young],
      ['deleted', young],
    ],
    ['longhorn-manager-u1 on node1 went'],
  ],
  [
    'another one with other restarts',
    [
      ['added', young],
      ['added', pod(2, { uid: 'u2' })],
    ],
    [],
  ],
])('%s', (_, told, problems) => {
  expect(judge(...told)).toEqual(problems);
});
