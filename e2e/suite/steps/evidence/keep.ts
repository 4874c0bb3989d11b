import { join } from 'node:path';
import type { KubernetesObject } from '../../../kube/cluster.ts';
import type { Disruption } from '../../../longhorn/disruptions.ts';
import { type Event, jobLabelName } from '../../../longhorn/job-types.ts';
import { managerLabel } from '../../../longhorn/manager.ts';
import type { BackupVolume, Snapshot, VolumeAttachment } from '../../../longhorn/types.ts';
import type { RunningStore, StorePlace } from '../../../store/driver.ts';
import type { Belongs, EvidenceRecorder, Source } from '../../evidence/recorder.ts';
import type { PageHandle } from '../handles.ts';
import type { Made } from '../made.ts';
import type { Timelines } from '../timelines.ts';
import { followManagers, sourcesOf } from './sources.ts';
import { fetchSupportBundle } from './support-bundle.ts';

type Deps = {
  run: string;
  made: Made;
  target: string;
  place: StorePlace;
  disruptions: readonly Disruption[];
};

/** Where Longhorn's own bundle goes. */
const supportBundleFile = 'support-bundle.zip';

// With these a manager pod may go in a scenario, and its log with it.
const endManagers: readonly Disruption[] = ['manager-kill', 'node-fault'];

/** Tells the evidence of a scenario what concerns it, and what there is to read; more, as it is set up. */
export const keepEvidence = (recorder: EvidenceRecorder, { run, made, target, place, disruptions }: Deps) => {
  const { cluster, startedAt: since } = recorder;
  const belongs = belongsTo({ made, target, store: place.name ?? place.namespace });
  recorder.only(belongs);
  if (recorder.supportBundle)
    recorder.last({
      file: supportBundleFile,
      work: async (interrupted) => {
        const folder = recorder.folder();
        if (folder !== undefined)
          await fetchSupportBundle(cluster, { run, path: join(folder, supportBundleFile), interrupted });
      },
    });
  let timelines: Timelines | undefined;
  let store: RunningStore | undefined;
  let pages: readonly PageHandle[] = [];
  recorder.sources(() => [
    ...ofPages(pages),
    ...(timelines === undefined ? [] : sourcesOf({ cluster, timelines, belongs, since, place, store })),
  ]);
  return {
    /** From before the first thing that is watched. */
    watches: (opened: Timelines, signal: AbortSignal): void => {
      timelines = opened;
      if (disruptions.some((disruption) => endManagers.includes(disruption)))
        followManagers(cluster, { managers: opened.managers, since, signal });
    },
    /** From when the store runs. */
    serves: (served: RunningStore): void => {
      store = served;
    },
    /** From before the first page is opened. */
    shows: (opened: readonly PageHandle[]): void => {
      pages = opened;
    },
  };
};

const [managerLabelName = '', managerLabelValue = ''] = managerLabel.split('=');

/**
 * Tells the objects of a scenario, as it makes them, from those of the others in the cluster; the pods of the
 * managers are everybody's.
 */
export const belongsTo = ({
  made,
  target,
  store,
}: {
  made: Made;
  target: string;
  store: string;
}): Belongs => {
  const isVolume = (name: string | undefined): boolean =>
    name !== undefined && (made.volumes.includes(name) || made.written.some(({ volume }) => volume === name));
  const isJob = (name: string | undefined): boolean => name !== undefined && made.jobs.includes(name);
  const labelOf = ({ metadata }: KubernetesObject, name: string): string | undefined =>
    metadata.labels?.[name];

  const rules: Record<string, (object: KubernetesObject) => boolean> = {
    volumes: ({ metadata }) => isVolume(metadata.name),
    volumeattachments: (object) => isVolume((object as VolumeAttachment).spec.volume ?? object.metadata.name),
    snapshots: (object) =>
      made.snapshots.includes(object.metadata.name) || isVolume((object as Snapshot).spec.volume),
    backups: (object) =>
      made.backups.includes(object.metadata.name) ||
      made.written.some(({ backup }) => backup === object.metadata.name) ||
      isVolume(labelOf(object, 'backup-volume')),
    backupvolumes: (object) =>
      isVolume(labelOf(object, 'backup-volume') ?? (object as BackupVolume).spec?.volumeName),
    backuptargets: ({ metadata }) => metadata.name === target,
    recurringjobs: ({ metadata }) => isJob(metadata.name),
    cronjobs: ({ metadata }) => isJob(metadata.name),
    jobs: (object) =>
      isJob(labelOf(object, jobLabelName)) ||
      (object.metadata.ownerReferences ?? []).some(({ name }) => isJob(name)),
    pods: (object) =>
      labelOf(object, managerLabelName) === managerLabelValue ||
      isJob(labelOf(object, jobLabelName)) ||
      object.metadata.namespace === store ||
      object.metadata.name.startsWith(store),
    events: (object) => isJob((object as Event).involvedObject.name),
    namespaces: ({ metadata }) => metadata.name === store,
  };
  return (resource, object) => rules[resource]?.(object) ?? false;
};

/**
 * A picture of each page as it is, and a trace of all that was done on it (for `npx playwright show-trace`).
 */
const ofPages = (pages: readonly PageHandle[]): Source[] =>
  pages.flatMap(({ page }, index): Source[] => {
    const folder = index === 0 ? 'ui' : `ui/page-${index + 1}`;
    return [
      { file: `${folder}/screenshot.png`, read: page.picture },
      { file: `${folder}/trace.zip`, read: page.trace },
    ];
  });
