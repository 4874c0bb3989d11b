import { defaultTargetName, namespace } from '../modelled-on.ts';
import type { Mutant } from '../mutants.ts';
import { group } from './custom-resources.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';

type Refusal = {
  name: string;
  operations: ('CREATE' | 'UPDATE' | 'DELETE')[];
  /** The kind of objects beside each of which it is looked at, as `params`. */
  beside?: 'BackupTarget' | 'Volume';
  expression: string;
  message: string;
};

// In the words of Longhorn's webhook (webhook/resources/backuptarget/validator.go, datastore/longhorn.go,
// validateBackupTargetURLExisting).
const refusals: Refusal[] = [
  {
    name: 'longhorn-emulator-default-target',
    operations: ['DELETE'],
    expression: `oldObject.metadata.name != '${defaultTargetName}'`,
    message: "'deleting default backup target is not allowed'",
  },
  {
    name: 'longhorn-emulator-target-urls',
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
    operations: ['UPDATE', 'DELETE'],
    beside: 'Volume',
    expression: [
      '!(has(params.spec.Standby) && params.spec.Standby)',
      "request.operation == 'UPDATE' && oldObject.spec.backupTargetURL == object.spec.backupTargetURL && oldObject.spec.credentialSecret == object.spec.credentialSecret",
    ].join(' || '),
    message:
      "'cannot modify BackupTarget since there are existing standby volumes: map[' + params.metadata.name + ':{}]'",
  },
];

/** What Longhorn's webhook refuses of backup targets, as policies of the API server; none with that bug. */
export const admissionPolicies = (mutant: Mutant | undefined): object[] =>
  mutant === 'nothing-refused'
    ? []
    : refusals.flatMap(({ name, operations, beside, expression, message }) => [
        {
          apiVersion,
          kind: 'ValidatingAdmissionPolicy',
          metadata: { name },
          spec: {
            failurePolicy: 'Fail',
            ...(beside && { paramKind: { apiVersion: `${group}/v1beta2`, kind: beside } }),
            matchConstraints: {
              resourceRules: [
                { apiGroups: [group], apiVersions: ['v1beta2'], operations, resources: ['backuptargets'] },
              ],
            },
            validations: [{ expression, messageExpression: message, message: name }],
          },
        },
        {
          apiVersion,
          kind: 'ValidatingAdmissionPolicyBinding',
          metadata: { name },
          spec: {
            policyName: name,
            ...(beside && {
              paramRef: { namespace, selector: {}, parameterNotFoundAction: 'Allow' },
            }),
            validationActions: ['Deny'],
          },
        },
      ]);
