import type { KubernetesObject } from '../../../e2e/kube/cluster.ts';

type LonghornMadeObject = KubernetesObject & {
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
 * The run that an object belongs to: by its label, by its name, or for an object that Longhorn made, by the
 * names of its volume and backup target. Undefined if no run made it.
 */
export const runIdOf = (object: KubernetesObject): string | undefined => {
  const { metadata, spec } = object as LonghornMadeObject;
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

/** Longhorn's label with the recurring job of a snapshot or backup (M: types/types.go). */
const jobLabel = 'RecurringJob';

/**
 * Whether Longhorn creates and removes a snapshot or backup by itself. Those of recurring jobs come and go
 * with the schedule. A snapshot that no user requested is that of a rebuilt replica.
 */
export const isCreatedByLonghorn = (object: KubernetesObject): boolean => {
  const { spec, status } = object as LonghornMadeObject;
  const isOfJob = spec?.labels?.[jobLabel] !== undefined || status?.labels?.[jobLabel] !== undefined;
  return isOfJob || (status?.userCreated === false && spec?.createSnapshot !== true);
};
