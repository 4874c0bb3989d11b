import { randomBytes } from 'node:crypto';
import type { KubernetesObject } from '../../kube/cluster.ts';
import { backupLabels } from '../../longhorn/resources.ts';

/** A stretch of a volume, in bytes. */
export type DataStretch = { offset: number; size: number };

/** What a scenario has made in the cluster; names are entered before the request that makes them. */
export type Made = {
  volumes: string[];
  snapshots: string[];
  backups: string[];
  jobs: string[];
  /** The backups that were written into the store by hand, and what is said there to be their volume. */
  written: { volume: string; backup: string }[];
  /** Where volumes have other data than zeros, or may have them. */
  filled: (DataStretch & { volume: string })[];
};

/** Nothing made yet. */
export const nothingMade = (): Made => ({
  ...{ volumes: [], snapshots: [], backups: [], jobs: [] },
  written: [],
  filled: [],
});

/** Where a volume may have data. */
export const filledIn = ({ filled }: Made, volume: string): DataStretch[] =>
  filled.filter((stretch) => stretch.volume === volume);

/** The name of the label on everything that a run makes; its value is the run's id. */
export const runLabelName = 'corral.test/run';

/** The label on everything that a run makes. */
export const runLabel = (run: string): Record<string, string> => ({ [runLabelName]: run });

/** The annotation that names the scenario that a volume was made for. */
export const scenarioAnnotation = 'corral.test/scenario';

/**
 * Makes the name of one thing of a run's: 32 random bits, as a run makes some fifty snapshots, and of 16 bits
 * one run in fifty gave two of them the same name. A volume's stays below the 40 characters that Longhorn
 * allows.
 */
export const uniqueName = (run: string, what: string): string =>
  `corral-${run}-${what}-${randomBytes(4).toString('hex')}`;

/** Distinguishes the objects of a volume's backups on a target, as Longhorn labels them, from others. */
export const isBackupOf = (of: { volume: string; target: string }) => {
  const labels = Object.entries(backupLabels(of));
  return ({ metadata }: KubernetesObject): boolean =>
    labels.every(([key, value]) => metadata.labels?.[key] === value);
};
