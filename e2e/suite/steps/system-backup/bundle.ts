import { strFromU8, unzipSync } from 'fflate';
import { parse } from 'yaml';
import { defaultBackupTarget } from '../../../longhorn/resources.ts';
import { systemBackupsFolder } from '../../../store/format/system-backup.ts';
import { sizeLimits } from '../../../store/fsck/read-config.ts';
import type { SystemBackupHandle } from '../handles.ts';

/** The kinds in the page on system backups, and BackupTarget, which it leaves out. */
const documented = [
  ...['BackingImage', 'BackupTarget', 'EngineImage', 'RecurringJob', 'Setting', 'Volume'],
  ...['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding', 'ServiceAccount'],
  ...['ConfigMap', 'CustomResourceDefinition', 'DaemonSet', 'Deployment', 'Service'],
  ...['PersistentVolume', 'PersistentVolumeClaim', 'StorageClass'],
];

/** The names of the objects in a system backup, by their kind. */
type Bundle = ReadonlyMap<string, readonly string[]>;

/** A volume, and the PersistentVolume and the claim of it. */
export type HeldObjects = { name: string; volume: string; claim: string };

type List = { kind: string; items?: { metadata: { name: string } }[] | null };

/** Reads the lists in the archive of a system backup. Each file there is a list of the objects of one kind. */
export const readSystemBundle = async ({ name, version, target }: SystemBackupHandle): Promise<Bundle> => {
  const path = `${systemBackupsFolder}/${version}/${name}/system-backup.zip`;
  const files = unzipSync(await target.store.source.read(path, sizeLimits.archive));
  const lists = Object.entries(files).filter(([file]) => /\/yamls\/.+\.yaml$/.test(file));
  return new Map(
    lists.map(([, content]) => {
      const { kind, items }: List = parse(strFromU8(content));
      return [kind.replace(/List$/, ''), (items ?? []).map(({ metadata }) => metadata.name)];
    }),
  );
};

/** What a system backup lacks of what is documented, and has besides. */
export const wrongInBundle = (bundle: Bundle, { name, volume, claim }: HeldObjects): string[] => {
  const held = {
    ...{ BackupTarget: defaultBackupTarget, Volume: volume },
    ...{ PersistentVolume: name, PersistentVolumeClaim: claim },
  };
  return [
    ...documented.filter((kind) => !bundle.has(kind)).map((kind) => `it has no list of ${kind} objects`),
    ...[...bundle.keys()]
      .filter((kind) => !documented.includes(kind))
      .map((kind) => `it has a list of ${kind} objects: ${bundle.get(kind)?.join(', ')}`),
    ...Object.entries(held)
      .filter(([kind, each]) => bundle.has(kind) && !bundle.get(kind)?.includes(each))
      .map(([kind, each]) => `it lacks ${kind} ${each}`),
  ];
};
