import { namespace, referenceVersion } from '../../modelled-on.ts';
import type { Mutant } from '../../mutants.ts';
import { serviceAccount } from '../access.ts';
import { longhornGroup } from '../custom-resources.ts';
import {
  backupMutatingRules,
  backupValidatingRules,
  systemBackupMutatingRule,
  systemBackupPolicyRule,
  systemBackupTargetRule,
  systemRestoreOnceRule,
  systemRestoreRules,
} from './backups.ts';
import { dottedJobRule, jobMutatingRules, jobValidatingRules } from './jobs.ts';
import type { MutatingRule, ValidatingRule } from './rule.ts';
import { negativePollRule, targetMutatingRules, targetValidatingRules } from './targets.ts';
import {
  bareVolumeRule,
  standbySizeRule,
  standbyTargetRule,
  unrestoredVolumeRule,
  volumeMutatingRules,
  volumeValidatingRules,
} from './volumes.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';

export const policyLabel = { app: 'longhorn-emulator' };

// The managers are exempt: they decide with their own copies, which may be newer than what the API server uses.
const isUserRequest = `request.userInfo.username != 'system:serviceaccount:${namespace}:${serviceAccount}'`;

const policy = (
  kind: 'ValidatingAdmissionPolicy' | 'MutatingAdmissionPolicy',
  { name, resource, operations = ['CREATE', 'UPDATE'], paramKind }: ValidatingRule | MutatingRule,
  { policy: spec, binding }: { policy: object; binding: object },
): object[] => [
  {
    apiVersion,
    kind,
    metadata: { name, labels: policyLabel },
    spec: {
      failurePolicy: 'Fail',
      ...(paramKind && {
        paramKind: {
          apiVersion: paramKind === 'Secret' ? 'v1' : `${longhornGroup}/v1beta2`,
          kind: paramKind,
        },
      }),
      matchConstraints: {
        resourceRules: [
          { apiGroups: [longhornGroup], apiVersions: ['v1beta2'], operations, resources: [resource] },
        ],
      },
      ...spec,
    },
  },
  {
    apiVersion,
    kind: `${kind}Binding`,
    metadata: { name, labels: policyLabel },
    spec: {
      policyName: name,
      ...(paramKind && { paramRef: { namespace, selector: {}, parameterNotFoundAction: 'Allow' } }),
      ...binding,
    },
  },
];

const toValidatingPolicy = (rule: ValidatingRule): object[] => {
  const { name, resource, expression, message } = rule;
  return policy('ValidatingAdmissionPolicy', rule, {
    policy: {
      ...(resource !== 'backuptargets' && { matchConditions: [{ name: 'user', expression: isUserRequest }] }),
      validations: [{ expression, messageExpression: message, message: name }],
    },
    binding: { validationActions: ['Deny'] },
  });
};

const toMutatingPolicy = (rule: MutatingRule): object[] =>
  policy('MutatingAdmissionPolicy', rule, {
    policy: {
      matchConditions: [
        { name: 'user', expression: isUserRequest },
        { name: 'when', expression: rule.when },
      ],
      reinvocationPolicy: 'Never',
      mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: rule.patches } }],
    },
    binding: {},
  });

/** The mutants that remove all checks of a resource. */
const unchecked: Partial<Record<ValidatingRule['resource'], Mutant>> = {
  backuptargets: 'nothing-refused',
  recurringjobs: 'jobs-unchecked',
  volumes: 'volumes-unchecked',
  backups: 'backups-unchecked',
  systembackups: 'system-backups-unchecked',
  systemrestores: 'system-restores-unchecked',
};

type PolicyOptions = {
  version?: string | undefined;
  /** Whether the API server supports mutating policies, as Kubernetes does since v1.36. */
  supportsMutation?: boolean;
};

/** The checks and silent corrections of Longhorn's webhook in a version, as policies of the API server. */
export const admissionPolicies = (
  mutant: Mutant | undefined,
  { version = referenceVersion, supportsMutation = true }: PolicyOptions = {},
): object[] => {
  const isOfVersion = ({ isOf }: ValidatingRule | MutatingRule): boolean =>
    isOf === undefined || isOf(version);
  const validating = [
    ...targetValidatingRules,
    ...jobValidatingRules(version),
    ...volumeValidatingRules,
    bareVolumeRule,
    ...backupValidatingRules,
    systemBackupTargetRule,
    ...systemRestoreRules,
    ...(mutant === 'fixed:unrestored-volume-is-backed-up-empty' || mutant === 'fixed:snapshots-stop-standby'
      ? [unrestoredVolumeRule]
      : []),
    ...(mutant === 'fixed:dotted-job-never-runs' ? [dottedJobRule] : []),
    ...(mutant === 'fixed:retargeted-standby-misses-newest' ? [standbyTargetRule] : []),
    ...(mutant === 'fixed:larger-standby-follows-no-more' ? [standbySizeRule] : []),
    ...(mutant === 'fixed:second-system-restore-is-accepted' ? [systemRestoreOnceRule] : []),
    ...(mutant === 'fixed:misspelt-policy-backs-nothing-up' ? [systemBackupPolicyRule] : []),
    ...(mutant === 'fixed:negative-poll-interval-never-pauses' ? [negativePollRule] : []),
  ].filter(
    (each) =>
      isOfVersion(each) &&
      (mutant === undefined || unchecked[each.resource] !== mutant) &&
      (supportsMutation || !each.afterMutation),
  );
  const mutating = [
    ...jobMutatingRules,
    ...volumeMutatingRules(version, mutant),
    ...backupMutatingRules,
    systemBackupMutatingRule,
    ...targetMutatingRules,
  ].filter(
    (each) => isOfVersion(each) && supportsMutation && (each.bug === undefined || each.bug !== mutant),
  );
  return [...mutating.flatMap(toMutatingPolicy), ...validating.flatMap(toValidatingPolicy)];
};
