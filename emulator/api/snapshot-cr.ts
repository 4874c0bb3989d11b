import type { Snapshot } from '../longhorn/objects.ts';
import { type Links, type Resource, withLinks } from './resource.ts';

const isEmpty = (labels: Record<string, string> | null | undefined): boolean => Object.keys(labels ?? {}).length === 0;

/** A Snapshot object as the API shows it. */
export const toSnapshotCR = ({ metadata, spec, status }: Snapshot, links: Links): Resource =>
  withLinks(
    {
      id: metadata.name,
      type: 'snapshotCR',
      name: metadata.name,
      crCreationTime: metadata.creationTimestamp ?? '',
      volume: spec.volume,
      createSnapshot: spec.createSnapshot,
      parent: status?.parent ?? '',
      children: status?.children ?? null,
      markRemoved: status?.markRemoved ?? false,
      userCreated: status?.userCreated ?? false,
      creationTime: status?.creationTime ?? '',
      size: status?.size ?? 0,
      labels: (isEmpty(spec.labels) ? status?.labels : spec.labels) ?? null,
      ownerID: status?.ownerID ?? '',
      ...(status?.error && { error: status.error }),
      restoreSize: status?.restoreSize ?? 0,
      readyToUse: status?.readyToUse ?? false,
      checksum: status?.checksum ?? '',
    },
    links,
  );
