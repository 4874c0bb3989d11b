import { defaultTargetName, deletedByUninstallation, isAtLeast } from '../../modelled-on.ts';
import { type MutatingRule, setField, type ValidatingRule } from './rule.ts';

const resource = 'backuptargets';

// Matches the base64 of a text that begins or ends with a blank or a line end.
const endsWithWhitespace =
  '^I[A-P]|^C[g-v]|IA==$|[CSiy]A=$|[AEIMQUYcgkosw048]g$|Cg==$|[AQgw]o=$|[AEIMQUYcgkosw048]K$';
const isLogin = "key.startsWith('AWS_') || key.startsWith('CIFS_') || key.endsWith('_PROXY')";

/**
 * The checks of Longhorn's webhook, with its texts (webhook/resources/backuptarget/validator.go,
 * datastore/longhorn.go, validateBackupTargetURLExisting).
 */
export const targetValidatingRules: ValidatingRule[] = [
  {
    name: 'longhorn-emulator-default-target',
    resource,
    operations: ['DELETE'],
    expression: `oldObject.metadata.name != '${defaultTargetName}' || (has(oldObject.metadata.annotations) && '${deletedByUninstallation}' in oldObject.metadata.annotations)`,
    message: "'deleting default backup target is not allowed'",
  },
  {
    name: 'longhorn-emulator-target-urls',
    resource,
    paramKind: 'BackupTarget',
    expression: [
      'params.metadata.name == object.metadata.name',
      "object.spec.backupTargetURL == ''",
      "request.operation == 'UPDATE' && oldObject.spec.backupTargetURL == object.spec.backupTargetURL",
      'params.spec.backupTargetURL.lowerAscii() != object.spec.backupTargetURL.lowerAscii()',
    ].join(' || '),
    message: "'url ' + object.spec.backupTargetURL + ' is the same to backup target ' + params.metadata.name",
  },
  // Applies to every target, as soon as there is a standby volume from any target (seen on a v1.12.1, 2026-11-26).
  {
    name: 'longhorn-emulator-standby-volumes',
    resource,
    operations: ['UPDATE', 'DELETE'],
    paramKind: 'Volume',
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
    paramKind: 'Secret',
    expression: [
      'params.metadata.name != object.spec.credentialSecret',
      "request.operation == 'UPDATE' && oldObject.spec.credentialSecret == object.spec.credentialSecret",
      '!has(params.data)',
      `params.data.all(key, !(${isLogin}) || !params.data[key].matches('${endsWithWhitespace}'))`,
    ].join(' || '),
    message: "'credential validation error(s) in ' + params.metadata.name",
  },
];

/** What Longhorn lacks (known bug negative-poll-interval-never-pauses). */
export const negativePollRule: ValidatingRule = {
  name: 'longhorn-emulator-poll-interval',
  resource,
  expression: "!has(object.spec.pollInterval) || !object.spec.pollInterval.startsWith('-')",
  message: "'the poll interval is negative'",
};

const url = 'object.spec.backupTargetURL';
const options = `${url}.split('?nfsOptions=')[1].split(',')`;
const has = (option: string): string => `${options}.exists(each, each.startsWith('${option}'))`;
const addUnlessPresent = (option: string, added: string): string => `(${has(option)} ? [] : ['${added}'])`;
const correctedOptions = [
  `${options}.filter(each, each != 'hard')`,
  addUnlessPresent('soft', 'soft'),
  addUnlessPresent('timeo=', 'timeo=300'),
  addUnlessPresent('retry=', 'retry=2'),
].join(' + ');

/**
 * Silent corrections of a backup target (webhook/resources/backuptarget/mutator.go). Corrected options are
 * URL-encoded, as in Go.
 */
export const targetMutatingRules: MutatingRule[] = [
  {
    name: 'longhorn-emulator-target-nfs-options',
    resource,
    isOf: (version) => isAtLeast(version, 'v1.11.3'),
    when: [
      `${url}.startsWith('nfs:') && ${url}.contains('?nfsOptions=') && !${url}.contains('%')`,
      `(${has('hard')} || !${has('soft')} || !${has('timeo=')} || !${has('retry=')})`,
    ].join(' && '),
    patches: `[${setField('/spec/backupTargetURL', `${url}.split('?')[0] + '?nfsOptions=' + (${correctedOptions}).join('%2C').replace('=', '%3D')`)}]`,
    bug: 'nfs-options-kept',
  },
];
