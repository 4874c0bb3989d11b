import { presentObserver } from '../../e2e/history/observer.ts';
import { replayTimeline } from '../../e2e/history/replay.ts';
import type { Timeline } from '../../e2e/history/timeline.ts';
import type { Duration } from '../../e2e/kube/duration.ts';
import { longhornResources } from '../../e2e/longhorn/resources.ts';
import type { Backup } from '../../e2e/longhorn/types.ts';
import { backupHistory, backupIs } from '../../e2e/suite/steps/backup/expectations.ts';

type State = Parameters<typeof backupIs>[0];

type Stage = {
  /** Expects these states of the first backup. */
  expect(...states: State[]): Promise<void>;
  /** Lets the first backup go through these states. */
  push(...states: State[]): void;
};

/**
 * For inline suites: a recorded history of a backup, without a cluster. Expectations have this time-out.
 */
export const observed = async (
  work: (stage: Stage) => Promise<void>,
  within: Duration = '50ms',
): Promise<void> => {
  const timeline = replayTimeline<Backup>('backups');
  presentObserver()?.watches(longhornResources.backups, timeline as unknown as Timeline);
  await work({
    expect: async (...states) => {
      await backupHistory(timeline, { name: 'b1', label: 'the first backup', from: 0 })
        .goes(...states.map((state) => backupIs(state)))
        .within(within, 'a test');
    },
    push: (...states) => {
      for (const state of states) {
        const version = String(timeline.entries.length + 1);
        const metadata = { name: 'b1', uid: 'uid-of-b1', resourceVersion: version };
        timeline.push({
          kind: version === '1' ? 'added' : 'modified',
          at: Date.now(),
          object: { metadata, spec: { snapshotName: 's' }, status: { state } },
        });
      }
    },
  });
};
