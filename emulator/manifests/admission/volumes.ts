import { defaultTargetName, isAtLeast, labels } from '../../modelled-on.ts';
import type { Mutant } from '../../mutants.ts';
import { isUnset, type MutatingRule, setField, type ValidatingRule } from './rule.ts';

const resource = 'volumes';
const isUpdate = "request.operation == 'UPDATE'";

const label = (name: string, value: string): string =>
  [
    "(has(object.metadata.labels) ? [] : [JSONPatch{op: 'add', path: '/metadata/labels', value: {}}])",
    `[${setField(`/metadata/labels/${name}`, value)}]`,
  ].join(' + ');

const hasLabel = (name: string): string =>
  `has(object.metadata.labels) && '${name}' in object.metadata.labels`;

const blockSize = (of: string): string =>
  `(has(${of}.spec.backupBlockSize) ? int(${of}.spec.backupBlockSize) : 2097152)`;

/** Checks of a volume (webhook/resources/volume/validator.go). */
export const volumeValidatingRules: ValidatingRule[] = [
  {
    name: 'longhorn-emulator-volume-compression',
    resource,
    operations: ['UPDATE'],
    expression: 'oldObject.spec.backupCompressionMethod == object.spec.backupCompressionMethod',
    message: "'changing backup compression method for volume ' + object.metadata.name + ' is not supported'",
  },
  {
    name: 'longhorn-emulator-volume-block-size',
    resource,
    isOf: (version) => isAtLeast(version, 'v1.10.0'),
    expression: [
      `${blockSize('object')} in [2097152, 16777216]`,
      `int(object.spec.size) % ${blockSize('object')} == 0`,
      `(!(${isUpdate}) || ${blockSize('oldObject')} == ${blockSize('object')})`,
    ].join(' && '),
    message: "'a backup block size of this volume is not supported'",
  },
  // Uses the label from the target's mutating rule, because an expression sees only one object at a time.
  {
    name: 'longhorn-emulator-volume-target',
    resource,
    afterMutation: true,
    expression: [
      `${isUpdate} && oldObject.spec.backupTargetName == object.spec.backupTargetName`,
      `${hasLabel(labels.backupTarget)} && object.metadata.labels['${labels.backupTarget}'] == object.spec.backupTargetName`,
    ].join(' || '),
    message: "'failed to get backup target ' + object.spec.backupTargetName",
  },
  {
    name: 'longhorn-emulator-volume-backup',
    resource,
    afterMutation: true,
    operations: ['CREATE'],
    expression: `object.spec.fromBackup == '' || ${hasLabel(labels.backupVolume)}`,
    message: "'cannot get backup of backup URL ' + object.spec.fromBackup",
  },
];

/** Longhorn looks for the default of a data engine that has no name yet (known bug bare-volume-is-rejected). */
export const bareVolumeRule: ValidatingRule = {
  name: 'longhorn-emulator-volume-bare',
  resource,
  operations: ['CREATE'],
  afterMutation: true,
  expression: 'has(object.spec.numberOfReplicas) && object.spec.numberOfReplicas > 0',
  message:
    "'failed to get valid number for setting default replica count: the default-replica-count setting value for data engine  is not defined'",
};

/** What Longhorn lacks (known bug unrestored-volume-is-backed-up-empty). */
export const unrestoredVolumeRule: ValidatingRule = {
  name: 'longhorn-emulator-snapshot-of-unrestored-volume',
  resource: 'snapshots',
  operations: ['CREATE'],
  paramKind: 'Volume',
  expression: [
    'params.metadata.name != object.spec.volume',
    '!has(params.status) || !has(params.status.restoreRequired) || !params.status.restoreRequired',
  ].join(' || '),
  message: "'volume ' + object.spec.volume + ' is being restored'",
};

/** What Longhorn lacks (known bug retargeted-standby-misses-newest). */
export const standbyTargetRule: ValidatingRule = {
  name: 'longhorn-emulator-standby-target',
  resource: 'volumes',
  operations: ['UPDATE'],
  expression: [
    '!has(oldObject.spec.Standby) || !oldObject.spec.Standby',
    'oldObject.spec.backupTargetName == object.spec.backupTargetName',
  ].join(' || '),
  message: "'the backup target of a volume on standby cannot be changed'",
};

/** What Longhorn lacks (known bug larger-standby-follows-no-more). */
export const standbySizeRule: ValidatingRule = {
  name: 'longhorn-emulator-standby-size',
  resource: 'volumes',
  operations: ['UPDATE'],
  expression:
    '!has(oldObject.spec.Standby) || !oldObject.spec.Standby || oldObject.spec.size == object.spec.size',
  message: "'a volume on standby grows with its source alone'",
};

const isRestoredFromParam = "(object.spec.fromBackup + '&').contains('backup=' + params.metadata.name + '&')";
const accessMode = `'${labels.accessMode}'`;
const hasMode = `(has(params.status) && has(params.status.labels) && ${accessMode} in params.status.labels)`;
const has = (field: string): string => `(has(params.status) && has(${field}) && ${field} != '')`;

const sizeRule = (of: { kind: 'Backup' | 'BackupVolume'; when: string; size: string }): MutatingRule => ({
  name: 'longhorn-emulator-volume-backup-size',
  resource,
  operations: ['CREATE'],
  paramKind: of.kind,
  when: `${of.when} && ${has(of.size)}`,
  patches: `[${setField('/spec/size', of.size)}]`,
  bug: 'restored-size-kept',
});

const sizeOfBackup = sizeRule({
  kind: 'Backup',
  when: isRestoredFromParam,
  size: 'params.status.volumeSize',
});

const sizeOfBackupVolume = sizeRule({
  kind: 'BackupVolume',
  when: [
    "(object.spec.fromBackup + '&').contains('volume=' + params.spec.volumeName + '&')",
    `(object.spec.backupTargetName == params.spec.backupTargetName || object.spec.backupTargetName == '${defaultTargetName}')`,
  ].join(' && '),
  size: 'params.status.size',
});

/** Silent corrections of a volume, and labels with the names of its backup target and backup (mutator.go). */
export const volumeMutatingRules = (version: string, mutant: Mutant | undefined): MutatingRule[] => [
  {
    name: 'longhorn-emulator-volume-default-replicas',
    resource,
    operations: ['CREATE'],
    when: [
      isUnset('object.spec.numberOfReplicas', '0'),
      mutant === 'fixed:bare-volume-is-rejected' ? 'true' : `!${isUnset('object.spec.dataEngine', "''")}`,
    ].join(' && '),
    patches: `[${setField('/spec/numberOfReplicas', '3')}]`,
  },
  {
    name: 'longhorn-emulator-volume-target-label',
    resource,
    paramKind: 'BackupTarget',
    when: 'params.metadata.name == object.spec.backupTargetName',
    patches: label(labels.backupTarget, 'params.metadata.name'),
  },
  {
    name: 'longhorn-emulator-volume-backup-label',
    resource,
    operations: ['CREATE'],
    paramKind: 'Backup',
    when: isRestoredFromParam,
    patches: label(labels.backupVolume, `params.metadata.labels['${labels.backupVolume}']`),
  },
  // Policies have no order: the label is set here too, and the size of a backup volume also where this comes later.
  {
    name: 'longhorn-emulator-volume-target-of-backup',
    resource,
    operations: ['CREATE'],
    paramKind: 'Backup',
    when: `${isRestoredFromParam} && ${has('params.status.backupTargetName')}`,
    patches: `[${setField('/spec/backupTargetName', 'params.status.backupTargetName')}] + ${label(labels.backupTarget, 'params.status.backupTargetName')}`,
    bug: 'target-of-backup-ignored',
  },
  isAtLeast(version, 'v1.12.0') && mutant !== 'fixed:smaller-volume-cuts-restores'
    ? sizeOfBackupVolume
    : sizeOfBackup,
  {
    name: 'longhorn-emulator-volume-access-mode',
    resource,
    operations: ['CREATE'],
    paramKind: 'Backup',
    when: `${isUnset('object.spec.accessMode', "''")} && ${isRestoredFromParam} && ${hasMode}`,
    patches: `[${setField('/spec/accessMode', `params.status.labels[${accessMode}]`)}]`,
    bug: 'access-mode-forgotten',
  },
  {
    name: 'longhorn-emulator-volume-default-block-size',
    resource,
    operations: ['CREATE'],
    isOf: (version) => isAtLeast(version, 'v1.10.0'),
    paramKind: 'Setting',
    when: `params.metadata.name == 'default-backup-block-size' && ${isUnset('object.spec.backupBlockSize', "'0'")}`,
    patches: `[${setField('/spec/backupBlockSize', 'string(int(params.value) * 1048576)')}]`,
    bug: 'default-block-size-ignored',
  },
  {
    name: 'longhorn-emulator-volume-standby-block-size',
    resource,
    operations: ['CREATE'],
    isOf: (version) => isAtLeast(version, 'v1.10.0'),
    paramKind: 'Backup',
    when: `has(object.spec.Standby) && object.spec.Standby && ${isRestoredFromParam}`,
    patches: `[${setField('/spec/backupBlockSize', "has(params.spec.backupBlockSize) ? params.spec.backupBlockSize : '2097152'")}]`,
    bug: 'standby-block-size-kept',
  },
];
