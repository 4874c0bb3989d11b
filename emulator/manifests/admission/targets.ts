import { defaultTargetName } from '../../modelled-on.ts';
import type { Refusal } from './rule.ts';

const resource = 'backuptargets';

// A blank or a line end at the begin or the end of a text, as base64 has it.
const isRagged = '^I[A-P]|^C[g-v]|IA==$|[CSiy]A=$|[AEIMQUYcgkosw048]g$|Cg==$|[AQgw]o=$|[AEIMQUYcgkosw048]K$';
const isLogin = "key.startsWith('AWS_') || key.startsWith('CIFS_') || key.endsWith('_PROXY')";

/**
 * In the words of Longhorn's webhook (webhook/resources/backuptarget/validator.go, datastore/longhorn.go,
 * validateBackupTargetURLExisting).
 */
export const targetRefusals: Refusal[] = [
  {
    name: 'longhorn-emulator-default-target',
    resource,
    operations: ['DELETE'],
    expression: `oldObject.metadata.name != '${defaultTargetName}'`,
    message: "'deleting default backup target is not allowed'",
  },
  {
    name: 'longhorn-emulator-target-urls',
    resource,
    operations: ['CREATE', 'UPDATE'],
    beside: 'BackupTarget',
    expression: [
      'params.metadata.name == object.metadata.name',
      "object.spec.backupTargetURL == ''",
      "request.operation == 'UPDATE' && oldObject.spec.backupTargetURL == object.spec.backupTargetURL",
      'params.spec.backupTargetURL.lowerAscii() != object.spec.backupTargetURL.lowerAscii()',
    ].join(' || '),
    message: "'url ' + object.spec.backupTargetURL + ' is the same to backup target ' + params.metadata.name",
  },
  // Of any target, and beside a volume on standby from any (seen on a v1.12.1, 2026-11-26).
  {
    name: 'longhorn-emulator-standby-volumes',
    resource,
    operations: ['UPDATE', 'DELETE'],
    beside: 'Volume',
    expression: [
      '!(has(params.spec.Standby) && params.spec.Standby)',
      "request.operation == 'UPDATE' && oldObject.spec.backupTargetURL == object.spec.backupTargetURL && oldObject.spec.credentialSecret == object.spec.credentialSecret",
    ].join(' || '),
    message:
      "'cannot modify BackupTarget since there are existing standby volumes: map[' + params.metadata.name + ':{}]'",
  },
  {
    name: 'longhorn-emulator-target-secret',
    resource,
    operations: ['CREATE', 'UPDATE'],
    beside: 'Secret',
    expression: [
      'params.metadata.name != object.spec.credentialSecret',
      "request.operation == 'UPDATE' && oldObject.spec.credentialSecret == object.spec.credentialSecret",
      '!has(params.data)',
      `params.data.all(key, !(${isLogin}) || !params.data[key].matches('${isRagged}'))`,
    ].join(' || '),
    message: "'credential validation error(s) in ' + params.metadata.name",
  },
];
