import { randomBytes } from 'node:crypto';
import type { KubernetesObject } from '../../kube/cluster.ts';
import { backupLabels } from '../../longhorn/resources.ts';
import type { DataRange } from './sizes.ts';

/** What a scenario has made in the cluster. Names are added before the request that creates the object. */
export type CreatedObjects = {
  volumes: string[];
  snapshots: string[];
  backups: string[];
  jobs: string[];
  systemBackups: string[];
  systemRestores: string[];
  statefulSets: string[];
  storageClasses: string[];
  /** The Secrets with keys of encrypted volumes. */
  keySecrets: string[];
  persistentVolumes: string[];
  persistentVolumeClaims: string[];
  volumeSnapshots: string[];
  /** Those made by hand. */
  contents: string[];
  snapshotClasses: string[];
  /**
   * Backups that the suite wrote into the store without Longhorn, and the name of their volume there. `endsManagers`: some
   * versions of Longhorn panic over them.
   */
  written: { volume: string; backup: string; endsManagers?: boolean }[];
  /** The ranges in which volumes have, or may have, data other than zeros. */
  filled: (DataRange & { volume: string })[];
};

export const nothingCreated = (): CreatedObjects => ({
  ...{ volumes: [], snapshots: [], backups: [], jobs: [], systemBackups: [], systemRestores: [] },
  statefulSets: [],
  storageClasses: [],
  keySecrets: [],
  persistentVolumes: [],
  persistentVolumeClaims: [],
  ...{ volumeSnapshots: [], contents: [], snapshotClasses: [] },
  written: [],
  filled: [],
});

/** Returns the ranges in which a volume may have data. */
export const dataRangesOf = ({ filled }: CreatedObjects, volume: string): DataRange[] =>
  filled.filter((range) => range.volume === volume);

/** The label on everything that a run makes. Its value is the run's id. */
export const runLabelName = 'corral.test/run';

/** Returns the label for everything that a run makes. */
export const runLabel = (run: string): Record<string, string> => ({ [runLabelName]: run });

/** The annotation with the name of the scenario that a volume was made for. */
export const scenarioAnnotation = 'corral.test/scenario';

/**
 * Returns a unique name with 32 random bits. A run makes about fifty snapshots, and with 16 bits one run in fifty had
 * a collision. A volume's name stays below Longhorn's limit of 40 characters.
 */
export const uniqueName = (run: string, what: string): string =>
  `corral-${run}-${what}-${randomBytes(4).toString('hex')}`;

/** Returns a test for objects of a volume's backups on a target, by Longhorn's labels. */
export const isBackupOf = ({ name: volume, target }: { name: string; target: { name: string } }) => {
  const labels = Object.entries(backupLabels({ volume, target: target.name }));
  return ({ metadata }: KubernetesObject): boolean =>
    labels.every(([key, value]) => metadata.labels?.[key] === value);
};
