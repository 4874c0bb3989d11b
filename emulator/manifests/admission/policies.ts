import { modelledOn, namespace } from '../../modelled-on.ts';
import type { Mutant } from '../../mutants.ts';
import { serviceAccount } from '../access.ts';
import { group } from '../custom-resources.ts';
import { backupMends, backupRefusals } from './backups.ts';
import { jobMends, jobRefusals } from './jobs.ts';
import type { Mend, Refusal } from './rule.ts';
import { targetMends, targetRefusals } from './targets.ts';
import { volumeMends, volumeRefusals } from './volumes.ts';

const apiVersion = 'admissionregistration.k8s.io/v1';

export const policyLabel = { app: 'longhorn-emulator' };

// The managers are exempt: they decide with their own copies, which may be newer than what the API server
// uses.
const isOfAUser = `request.userInfo.username != 'system:serviceaccount:${namespace}:${serviceAccount}'`;

const policy = (
  kind: 'ValidatingAdmissionPolicy' | 'MutatingAdmissionPolicy',
  { name, resource, operations, beside }: Refusal | Mend,
  { policy: spec, binding }: { policy: object; binding: object },
): object[] => [
  {
    apiVersion,
    kind,
    metadata: { name, labels: policyLabel },
    spec: {
      failurePolicy: 'Fail',
      ...(beside && {
        paramKind: { apiVersion: beside === 'Secret' ? 'v1' : `${group}/v1beta2`, kind: beside },
      }),
      matchConstraints: {
        resourceRules: [{ apiGroups: [group], apiVersions: ['v1beta2'], operations, resources: [resource] }],
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
      ...(beside && { paramRef: { namespace, selector: {}, parameterNotFoundAction: 'Allow' } }),
      ...binding,
    },
  },
];

const toRefusal = (refusal: Refusal): object[] => {
  const { name, resource, expression, message } = refusal;
  return policy('ValidatingAdmissionPolicy', refusal, {
    policy: {
      ...(resource !== 'backuptargets' && { matchConditions: [{ name: 'user', expression: isOfAUser }] }),
      validations: [{ expression, messageExpression: message, message: name }],
    },
    binding: { validationActions: ['Deny'] },
  });
};

const toMend = (mend: Mend): object[] =>
  policy('MutatingAdmissionPolicy', mend, {
    policy: {
      matchConditions: [
        { name: 'user', expression: isOfAUser },
        { name: 'when', expression: mend.when },
      ],
      reinvocationPolicy: 'Never',
      mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: mend.patches } }],
    },
    binding: {},
  });

/** The mutants that remove all checks of a resource. */
const unchecked: Record<Refusal['resource'], Mutant> = {
  backuptargets: 'nothing-refused',
  recurringjobs: 'jobs-unchecked',
  volumes: 'volumes-unchecked',
  backups: 'backups-unchecked',
};

type Of = {
  version?: string | undefined;
  /** Whether the API server supports mutating policies, as Kubernetes does since v1.36. */
  canMend?: boolean;
};

/** The checks and silent corrections of Longhorn's webhook in a version, as policies of the API server. */
export const admissionPolicies = (
  mutant: Mutant | undefined,
  { version = modelledOn, canMend = true }: Of = {},
): object[] => {
  const isOfVersion = ({ isOf }: Refusal | Mend): boolean => isOf === undefined || isOf(version);
  const refusals = [...targetRefusals, ...jobRefusals(version), ...volumeRefusals, ...backupRefusals].filter(
    (each) => isOfVersion(each) && unchecked[each.resource] !== mutant && (canMend || !each.afterMend),
  );
  const mends = [...jobMends, ...volumeMends, ...backupMends, ...targetMends].filter(
    (each) => isOfVersion(each) && canMend && (each.bug === undefined || each.bug !== mutant),
  );
  return [...mends.flatMap(toMend), ...refusals.flatMap(toRefusal)];
};
