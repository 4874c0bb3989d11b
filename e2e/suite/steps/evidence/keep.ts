import { join } from 'node:path';
import type { KubernetesObject } from '../../../kube/cluster.ts';
import { type Event, jobLabelName } from '../../../longhorn/job-types.ts';
import { managerLabel } from '../../../longhorn/manager.ts';
import type { BackupVolume, Snapshot, VolumeAttachment } from '../../../longhorn/types.ts';
import type { Belongs, EvidenceRecorder, EvidenceSource, EvidenceSubject } from '../../evidence/recorder.ts';
import type { CreatedObjects } from '../created-objects.ts';
import type { OpenPage } from '../handles.ts';
import type { OwnStores } from '../target/own.ts';
import type { Timelines } from '../timelines.ts';
import { sourcesOf } from './sources.ts';
import { fetchSupportBundle } from './support-bundle.ts';

type SubjectSources = {
  run: string;
  made: CreatedObjects;
  own: Pick<OwnStores, 'stores' | 'targets'>;
  pages: readonly OpenPage[];
  /** Undefined until the watches have started. */
  timelines(): Timelines | undefined;
};

/** The evidence file for Longhorn's support bundle. */
const supportBundleFile = 'support-bundle.zip';

/** Returns the evidence of a scenario, from whatever it has opened and made when the sources are read. */
export const subjectOf = (
  { cluster, startedAt: since, folder }: Pick<EvidenceRecorder, 'cluster' | 'startedAt' | 'folder'>,
  { run, made, own, pages, timelines }: SubjectSources,
): EvidenceSubject => {
  const belongs = belongsTo({ made, own });
  return {
    belongs,
    sources: () => {
      const opened = timelines();
      return [
        ...ofPages(pages),
        ...(opened === undefined
          ? []
          : sourcesOf({ cluster, timelines: opened, belongs, since, stores: own.stores })),
      ];
    },
    supportBundle: {
      file: supportBundleFile,
      work: async (interrupted) => {
        const path = folder();
        if (path !== undefined)
          await fetchSupportBundle(cluster, { run, path: join(path, supportBundleFile), interrupted });
      },
    },
  };
};

const [managerLabelName = '', managerLabelValue = ''] = managerLabel.split('=');

/**
 * Returns a function that distinguishes a scenario's objects from others in the cluster. The manager pods belong to
 * every scenario.
 */
export const belongsTo = ({ made, own }: Pick<SubjectSources, 'made' | 'own'>): Belongs => {
  const isVolume = (name: string | undefined): boolean =>
    name !== undefined && (made.volumes.includes(name) || made.written.some(({ volume }) => volume === name));
  const isInStore = ({ metadata: { name, namespace } }: KubernetesObject): boolean =>
    own.stores.some(({ place }) => {
      const store = place.name ?? place.namespace;
      return namespace === store || name.startsWith(store);
    });
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
    backuptargets: ({ metadata }) => own.targets.some(({ name }) => name === metadata.name),
    recurringjobs: ({ metadata }) => isJob(metadata.name),
    cronjobs: ({ metadata }) => isJob(metadata.name),
    jobs: (object) =>
      isJob(labelOf(object, jobLabelName)) ||
      (object.metadata.ownerReferences ?? []).some(({ name }) => isJob(name)),
    pods: (object) =>
      labelOf(object, managerLabelName) === managerLabelValue ||
      isJob(labelOf(object, jobLabelName)) ||
      isInStore(object),
    events: (object) => isJob((object as Event).involvedObject.name),
    namespaces: ({ metadata }) =>
      own.stores.some(({ place }) => (place.name ?? place.namespace) === metadata.name),
  };
  return (resource, object) => rules[resource]?.(object) ?? false;
};

/** A screenshot of each open page, and a trace of the actions on it (for `npx playwright show-trace`). */
const ofPages = (pages: readonly OpenPage[]): EvidenceSource[] =>
  pages.flatMap(({ page }, index): EvidenceSource[] => {
    const folder = index === 0 ? 'ui' : `ui/page-${index + 1}`;
    return [
      { file: `${folder}/screenshot.png`, read: page.picture },
      ...(page.trace === undefined ? [] : [{ file: `${folder}/trace.zip`, read: page.trace }]),
    ];
  });
