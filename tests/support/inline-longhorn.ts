import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { openLedger } from '../../e2e/faults/ledger.ts';
import { openFaults } from '../../e2e/faults/open-faults.ts';
import { presentObserver } from '../../e2e/history/observer.ts';
import { parseRecording, pushRecorded } from '../../e2e/history/recording.ts';
import { type ReplayedTimeline, replayTimeline } from '../../e2e/history/replay.ts';
import type { Timeline } from '../../e2e/history/timeline.ts';
import { type KubernetesObject, type Resource, resources } from '../../e2e/kube/cluster.ts';
import type { Pod } from '../../e2e/kube/pods.ts';
import { longhornClocks } from '../../e2e/longhorn/clocks.ts';
import { longhornResources } from '../../e2e/longhorn/resources.ts';
import type { Backup, Volume, VolumeAttachment } from '../../e2e/longhorn/types.ts';
import { defineScenario } from '../../e2e/suite/scenario-core.ts';
import { affectedObjectsOf } from '../../e2e/suite/steps/conclude/affected-objects.ts';
import { nothingCreated } from '../../e2e/suite/steps/created-objects.ts';
import { timeoutsOn } from '../../e2e/suite/steps/timeouts.ts';
import { attach } from '../../e2e/suite/steps/volume/volume.ts';
import { stubCluster } from './stub-cluster.ts';

/** The answers of the API server to lists, by plural, and the content of every log. */
const answers = { lists: {} as Record<string, object[]>, log: '' };

const cluster = stubCluster({
  server: 'https://cluster.invalid',
  version: async () => 'v1.99.0',
  list: async ({ plural }) => ({ items: (answers.lists[plural] ?? []) as never[], resourceVersion: '1' }),
  patch: async () => ({}) as never,
  logs: async () => answers.log,
  exec: async () => ({ stdout: 'it is mutable', stderr: '', exitCode: 0 }),
});

const watched = <T extends KubernetesObject>(resource: Resource): ReplayedTimeline<T> => {
  const timeline = replayTimeline<T>(resource.plural);
  presentObserver()?.watches(resource, timeline as unknown as Timeline);
  return timeline;
};

/**
 * `longhornScenario()` for inline suites: the real steps and faults, without a cluster. The test fills the timelines.
 */
export const longhornScenario = defineScenario({
  connect: () => cluster,
  createSteps: async ({ report, config: { out }, scenario }) => {
    const made = nothingCreated();
    const timelines = {
      volumes: watched<Volume>(longhornResources.volumes),
      attachments: watched<VolumeAttachment>(longhornResources.volumeAttachments),
      backups: watched<Backup>(longhornResources.backups),
    };
    const faults = openFaults({ cluster, ledger: await openLedger(out), scenario, onEvent: report.fault });
    const timeouts = timeoutsOn(longhornClocks);
    const later: (() => void)[] = [];
    return {
      does: async (sentence: string, work: () => Promise<void>) => {
        const step = report.step(sentence);
        try {
          await work();
          step.done();
        } catch (error) {
          step.failed(error);
          throw error;
        }
      },
      ...timelines,
      pods: watched<Pod>(resources.pods),
      made,
      faults,
      answers,
      attach: (name: string, node: string) =>
        attach({ cluster, timelines: timelines as never, timeouts }, { name, node }),
      /**
       * Replays the recorded history of a volume from `start` (ms since the epoch) on, up to this number of seconds.
       */
      replays: (path: string, { start, until }: { start: number; until: number }) => {
        const byResource: Record<string, ReplayedTimeline<never>> = {
          volumes: timelines.volumes as never,
          volumeattachments: timelines.attachments as never,
        };
        for (const line of parseRecording(gunzipSync(readFileSync(path)).toString()).lines) {
          if ('marker' in line || line.at > until || byResource[line.resource] === undefined) continue;
          pushRecorded(byResource[line.resource] as never, line, start);
        }
        made.volumes.push(...timelines.volumes.objects().map(({ metadata }) => metadata.name));
      },
      /** Work for the cleanup. */
      later: (work: () => void) => void later.push(work),
      affectedObjects: (error: unknown) => affectedObjectsOf({ timelines, made }, error),
      conclude: async () => {},
      close: async () => {
        for (const work of later) work();
        await faults.healAll();
      },
    };
  },
});
