import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { readSystemBundle, wrongInBundle } from '../../../../e2e/suite/steps/system-backup/bundle.ts';

const held = { name: 'pv-1', volume: 'v1', claim: 'c1' };
const kinds = [
  ...['BackingImage', 'BackupTarget', 'EngineImage', 'RecurringJob', 'Setting', 'Volume'],
  ...['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding', 'ServiceAccount'],
  ...['ConfigMap', 'CustomResourceDefinition', 'DaemonSet', 'Deployment', 'Service'],
  ...['PersistentVolume', 'PersistentVolumeClaim', 'StorageClass'],
];
const names = {
  ...{ BackupTarget: 'default', Volume: 'v1' },
  ...{ PersistentVolume: 'pv-1', PersistentVolumeClaim: 'c1' },
} as Record<string, string>;

// As Longhorn prints it: a list without items has `null`.
const listOf = (kind: string): string =>
  names[kind] === undefined
    ? `apiVersion: v1\nitems: null\nkind: ${kind}List\n`
    : `apiVersion: v1\nitems:\n- metadata:\n    name: ${names[kind]}\nkind: ${kind}List\n`;

const bundleOf = (of: readonly string[]) => {
  const files = of.map((kind) => [`s1/yamls/kubernetes/${kind}.yaml`, strToU8(listOf(kind))]);
  const archive = zipSync({ 's1/metadata.yaml': strToU8('a: b\n'), ...Object.fromEntries(files) });
  const source = { read: async () => Buffer.from(archive) };
  const target = { name: 'default', store: { source } };
  return readSystemBundle({ name: 's1', label: '', version: 'v1.12.1', target } as never);
};

test('what a system backup lacks of the documented kinds, and has besides', async () => {
  expect(wrongInBundle(await bundleOf(kinds), held)).toEqual([]);
  expect(wrongInBundle(await bundleOf([...kinds.slice(1), 'Node']), held)).toEqual([
    'it has no list of BackingImage objects',
    'it has a list of Node objects: ',
  ]);
});

test('an object that a system backup lacks in its list', async () => {
  expect(wrongInBundle(await bundleOf(kinds), { ...held, claim: 'c2' })).toEqual([
    'it lacks PersistentVolumeClaim c2',
  ]);
});
