import { defaultTargetName, isAtLeast, labels } from '../../modelled-on.ts';
import { isUnset, type MutatingRule, setField, type ValidatingRule } from './rule.ts';

const resource = 'backups';
const operations: ['CREATE'] = ['CREATE'];
const isAvailable =
  "params.spec.backupTargetURL != '' && has(params.status) && has(params.status.available) && params.status.available";
// Annotation set by the mutating policy below if the snapshot exists. An expression sees only one object at a time.
const known = 'emulator.corral.test/snapshot-known';

/** A system backup is always in the store of the default target (webhook/resources/systembackup/validator.go). */
export const systemBackupTargetRule: ValidatingRule = {
  name: 'longhorn-emulator-system-backup-target',
  resource: 'systembackups',
  operations,
  paramKind: 'BackupTarget',
  expression: [`params.metadata.name != '${defaultTargetName}'`, isAvailable].join(' || '),
  message: "'backup target ' + params.metadata.name + ' is not available'",
};

/** When a system restore is refused (webhook/resources/systemrestore/validator.go). */
export const systemRestoreRules: ValidatingRule[] = [
  {
    name: 'longhorn-emulator-system-restore-attached',
    resource: 'systemrestores',
    operations,
    paramKind: 'Volume',
    expression: "has(params.status) && has(params.status.state) && params.status.state == 'detached'",
    message: "'all volumes need to be detached before creating SystemRestore'",
  },
  {
    name: 'longhorn-emulator-system-restore-in-progress',
    resource: 'systemrestores',
    operations,
    paramKind: 'SystemRestore',
    expression: `!has(params.metadata.labels) || !('${labels.systemRestore}' in params.metadata.labels)`,
    message: "'found 1 SystemRestore in progress'",
  },
];

/** What Longhorn lacks (known bug second-system-restore-is-accepted): it looks for a label that comes later. */
export const systemRestoreOnceRule: ValidatingRule = {
  name: 'longhorn-emulator-system-restore-at-once',
  resource: 'systemrestores',
  operations,
  paramKind: 'SystemRestore',
  expression:
    "has(params.status) && has(params.status.state) && params.status.state in ['Completed', 'Error']",
  message: "'found 1 SystemRestore in progress'",
};

/** The default policy of a system backup (webhook/resources/systembackup/mutator.go). */
export const systemBackupMutatingRule: MutatingRule = {
  name: 'longhorn-emulator-system-backup-default-policy',
  resource: 'systembackups',
  when: isUnset('object.spec.volumeBackupPolicy', "''"),
  patches: `[${setField('/spec/volumeBackupPolicy', "'if-not-present'")}]`,
  bug: 'system-backup-policy-unset',
};

/** What Longhorn lacks (known bug misspelt-policy-backs-nothing-up). */
export const systemBackupPolicyRule: ValidatingRule = {
  name: 'longhorn-emulator-system-backup-policy',
  resource: 'systembackups',
  operations,
  expression: "object.spec.volumeBackupPolicy in ['always', 'if-not-present', 'disabled']",
  message: "'unknown volume backup policy ' + object.spec.volumeBackupPolicy",
};

/** Checks of a backup that a user creates (webhook/resources/backup/validator.go). */
export const backupValidatingRules: ValidatingRule[] = [
  {
    name: 'longhorn-emulator-backup-mode',
    resource,
    operations,
    expression: "object.spec.backupMode in ['full', 'incremental']",
    message: "'BackupMode ' + object.spec.backupMode + ' is not a valid option'",
  },
  {
    name: 'longhorn-emulator-backup-target',
    resource,
    operations,
    isOf: (version) => isAtLeast(version, 'v1.9.2'),
    paramKind: 'BackupTarget',
    expression: [
      `!has(object.metadata.labels) || !('${labels.backupTarget}' in object.metadata.labels)`,
      `object.metadata.labels['${labels.backupTarget}'] != params.metadata.name`,
      isAvailable,
    ].join(' || '),
    message: "'backup target ' + params.metadata.name + ' is not available'",
  },
  {
    name: 'longhorn-emulator-backup-snapshot',
    resource,
    afterMutation: true,
    operations,
    isOf: (version) => isAtLeast(version, 'v1.10.0'),
    expression: [
      "!has(object.spec.snapshotName) || object.spec.snapshotName == ''",
      `has(object.metadata.annotations) && '${known}' in object.metadata.annotations`,
    ].join(' || '),
    message: "'snapshot ' + object.spec.snapshotName + ' is invalid'",
  },
];

/** Marks a backup whose snapshot exists. */
export const backupMutatingRules: MutatingRule[] = [
  {
    name: 'longhorn-emulator-backup-snapshot-known',
    resource,
    operations,
    paramKind: 'Snapshot',
    when: 'has(object.spec.snapshotName) && params.metadata.name == object.spec.snapshotName',
    patches: [
      "(has(object.metadata.annotations) ? [] : [JSONPatch{op: 'add', path: '/metadata/annotations', value: {}}])",
      `[JSONPatch{op: 'add', path: '/metadata/annotations/' + jsonpatch.escapeKey('${known}'), value: 'true'}]`,
    ].join(' + '),
  },
];
