import { isAtLeast, keepsByAge } from '../../modelled-on.ts';
import { isUnset, type MutatingRule, setField, type ValidatingRule } from './rule.ts';

const resource = 'recurringjobs';

const tasks = (version: string): string =>
  [
    ...['snapshot', 'snapshot-force-create', 'snapshot-cleanup', 'snapshot-delete'],
    ...['backup', 'backup-force-create', 'filesystem-trim'],
    ...(isAtLeast(version, 'v1.9.0') ? ['system-backup'] : []),
  ]
    .map((task) => `'${task}'`)
    .join(', ');

// Requires five fields, minutes up to 59 and hours up to 23. The numbers of the other fields are not checked.
const isCron = [
  "object.spec.cron.matches('^(@[a-z]+( .+)?|([0-9A-Za-z*?/,-]+ ){4}[0-9A-Za-z*?/,-]+)$')",
  "(object.spec.cron.startsWith('@') || object.spec.cron.split(' ')[0].findAll('[0-9]+').all(number, int(number) <= 59) && object.spec.cron.split(' ')[1].findAll('[0-9]+').all(number, int(number) <= 23))",
].join(' && ');

/** Checks of a recurring job (webhook/resources/recurringjob, datastore/longhorn.go ValidateRecurringJob). */
export const jobValidatingRules = (version: string): ValidatingRule[] => [
  {
    name: 'longhorn-emulator-job-task',
    resource,
    expression: `object.spec.task in [${tasks(version)}]`,
    message: "'recurring job task ' + object.spec.task + ' is not valid'",
  },
  {
    name: 'longhorn-emulator-job-cron',
    resource,
    expression: isCron,
    message: "'invalid cron format(' + object.spec.cron + ')'",
  },
  {
    name: 'longhorn-emulator-job-name',
    resource,
    expression: '!has(object.spec.name) || size(object.spec.name) <= 40',
    message: "'job name ' + object.spec.name + ' must be 40 characters or less'",
  },
  {
    name: 'longhorn-emulator-job-retain',
    resource,
    paramKind: 'Setting',
    expression:
      "params.metadata.name != 'recurring-job-max-retention' || object.spec.retain <= int(params.value)",
    message: "'retain value should be less than or equal to ' + params.value",
  },
  {
    name: 'longhorn-emulator-job-policy',
    resource,
    isOf: keepsByAge,
    expression:
      "!has(object.spec.retentionPolicy) || object.spec.retentionPolicy in ['count-based', 'age-based']",
    message: "'retentionPolicy should be count-based or age-based'",
  },
  {
    name: 'longhorn-emulator-job-interval',
    resource,
    expression: [
      "!(object.spec.task in ['backup', 'backup-force-create'])",
      "!has(object.spec.parameters) || !('full-backup-interval' in object.spec.parameters)",
      "object.spec.parameters['full-backup-interval'].matches('^[+-]?[0-9]+$')",
    ].join(' || '),
    message: "'failed to validate recurring job backup task parameters'",
  },
];

/** What Longhorn lacks (known bug dotted-job-never-runs). */
export const dottedJobRule: ValidatingRule = {
  name: 'longhorn-emulator-job-dotted',
  resource,
  expression: "!object.metadata.name.contains('.')",
  message: "'invalid name ' + object.metadata.name",
};

const ignoresRetain = "object.spec.task in ['snapshot-cleanup', 'filesystem-trim']";
const isDeleting = "object.spec.task == 'snapshot-delete'";
const least = `(${ignoresRetain} || ${isDeleting} ? 0 : 1)`;

/** Silent corrections of a recurring job (webhook/resources/recurringjob/mutator.go; crds.yaml for the policy). */
export const jobMutatingRules: MutatingRule[] = [
  {
    name: 'longhorn-emulator-job-policy-mended',
    resource,
    isOf: keepsByAge,
    when: '!has(object.spec.retentionPolicy)',
    patches: `[${setField('/spec/retentionPolicy', "'count-based'")}]`,
  },
  {
    name: 'longhorn-emulator-job-age-mended',
    resource,
    isOf: keepsByAge,
    when: "!has(object.spec.retainAge) || object.spec.retainAge.startsWith('-')",
    patches: `[${setField('/spec/retainAge', "'0s'")}]`,
  },
  {
    name: 'longhorn-emulator-job-retain-mended',
    resource,
    when: `has(object.spec.retain) && (object.spec.retain < ${least} || ${ignoresRetain} && object.spec.retain != 0)`,
    patches: `[${setField('/spec/retain', least)}]`,
    bug: 'job-limits-kept',
  },
  {
    name: 'longhorn-emulator-job-concurrency-mended',
    resource,
    isOf: (version) =>
      isAtLeast(version, 'v1.12.1') || (isAtLeast(version, 'v1.11.3') && !isAtLeast(version, 'v1.12.0')),
    when: isUnset('object.spec.concurrency', '0'),
    patches: `[${setField('/spec/concurrency', '10')}]`,
    bug: 'job-limits-kept',
  },
];
