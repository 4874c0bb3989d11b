import type { BackupTarget } from '../longhorn/objects.ts';
import { type Links, type Resource, withLinks } from './resource.ts';

/** A BackupTarget as the API shows it. */
export const toBackupTarget = ({ metadata, spec, status }: BackupTarget, links: Links): Resource =>
  withLinks(
    {
      id: metadata.name,
      type: 'backupTarget',
      name: metadata.name,
      backupTargetURL: spec.backupTargetURL,
      credentialSecret: spec.credentialSecret,
      pollInterval: spec.pollInterval,
      available: status?.available ?? false,
      message: status?.conditions?.find(({ type }) => type === 'Unavailable')?.message ?? '',
    },
    links,
    ['backupTargetSync'],
  );
