import type { KubernetesObject } from '../../../e2e/kube/cluster.ts';

type Marked = KubernetesObject & {
  spec?: {
    volume?: string;
    volumeName?: string;
    createSnapshot?: boolean;
    labels?: Record<string, string> | null;
  };
  status?: { userCreated?: boolean; labels?: Record<string, string> | null };
};

const named = /^corral-([a-z0-9]{6})-/;

/**
 * The run that an object belongs to: by its label, by its own name, or, for what Longhorn makes of other
 * things, by the names of the volume and the backup target that it is of. Undefined for what is no run's.
 */
export const runOf = (object: KubernetesObject): string | undefined => {
  const { metadata, spec } = object as Marked;
  const { 'corral.test/run': run, ...labels } = metadata.labels ?? {};
  const of = [
    labels.longhornvolume,
    labels['backup-volume'],
    labels['backup-target'],
    spec?.volume,
    spec?.volumeName,
  ];
  return (
    run ??
    [metadata.name, ...of].map((name) => named.exec(name ?? '')?.[1]).find((found) => found !== undefined)
  );
};

/** The label by which Longhorn says which recurring job a snapshot or a backup is of (M: types/types.go). */
const jobLabel = 'RecurringJob';

/**
 * Whether a snapshot or a backup is one that Longhorn makes and removes by itself: those of somebody's
 * recurring jobs come and go by the clock, and a snapshot that nobody asked for is that of a rebuilt replica.
 */
export const comesAndGoes = (object: KubernetesObject): boolean => {
  const { spec, status } = object as Marked;
  const isOfJob = spec?.labels?.[jobLabel] !== undefined || status?.labels?.[jobLabel] !== undefined;
  return isOfJob || (status?.userCreated === false && spec?.createSnapshot !== true);
};
