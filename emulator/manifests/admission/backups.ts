import { isAtLeast, labels } from '../../modelled-on.ts';
import type { MutatingRule, ValidatingRule } from './rule.ts';

const resource = 'backups';
const operations: ValidatingRule['operations'] = ['CREATE'];
// Annotation set by the mutating policy below if the snapshot exists. An expression sees only one object at a
// time.
const known = 'emulator.corral.test/snapshot-known';

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
      "params.spec.backupTargetURL != '' && has(params.status) && has(params.status.available) && params.status.available",
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
