import { z } from 'zod';
import { allCapabilities } from '../longhorn/capabilities.ts';
import { clocksHelp, parseClocks } from '../longhorn/clocks.ts';
import { allDisruptions } from '../longhorn/disruptions.ts';
import { outputs } from '../report/output.ts';
import { machineSchema, shardSchema } from '../report/schema.ts';
import type { OwnBucket } from '../store/driver.ts';
import { driverNamed, ownBucketKind, storeChoices } from '../store/drivers/index.ts';
import { makeRunId, runIdPattern } from './run-id.ts';

const text = z.string().min(1, 'must not be empty');
const count = z
  .int('must be a whole number from 1 on')
  .min(1, 'must be a whole number from 1 on')
  .max(999_999, 'must be 999999 at most');
const milliseconds = z.int().min(1).max(999_999_999);

/** The name of a namespace or a namespaced object. */
export const resourceName = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be at most 63 of a-z, 0-9 and dashes, with no dash at either end',
  );

export const objectUid = z
  .string()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be the UID of the namespace kube-system');

// An environment variable provides text.
const clocks = z.preprocess(
  (given) => (typeof given === 'string' ? (parseClocks(given) ?? given) : given),
  z.object(
    {
      deletionBackoff: milliseconds,
      resync: milliseconds,
      lockLife: milliseconds,
      monitorPoll: milliseconds,
    },
    { error: clocksHelp },
  ),
);
const listOf = <T extends string>(names: readonly T[]) =>
  z.preprocess(
    (given) => (typeof given === 'string' ? given.split(',').filter((name) => name !== '') : given),
    z.array(z.enum(names, { error: `must be one of ${names.join(', ')}` })).readonly(),
  );

const targets = ['installed', 'official', 'archive', 'emulator'];

/** The settings about the cluster of a run. The provider of the cluster sets them. */
const clusterSchema = z.object({
  kubeconfig: z
    .string({ error: 'is not set: name a kubeconfig file, or let `npm run e2e` bring a cluster' })
    .min(1, 'must not be empty')
    .describe('the file that names the cluster'),
  context: text.optional().describe("the context of that file; by default the file's own choice"),
  provider: text
    .default('existing')
    .describe('where the cluster comes from; `existing`: it was there before'),
  target: z
    .object({
      name: z.string().refine((name) => targets.includes(name), `must be one of ${targets.join(', ')}`),
      version: text.nullable().default(null),
      replaced: z.array(z.object({ from: text, to: text, digest: text.nullable() })).optional(),
    })
    .default({ name: 'installed', version: null })
    .describe('the Longhorn under test: `name` and `version`'),
  clocks: clocks
    .optional()
    .describe("the clocks of the Longhorn under test, in ms, if they are not Longhorn's own"),
  machine: machineSchema
    .optional()
    .describe(
      'the measured slowness of the machine (`slowness`; 1 is the reference): time-outs of work are multiplied by it',
    ),
  lab: text
    .optional()
    .describe('the folder of the lab, if the cluster is one: its nodes can be made to fail'),
  upgrade: text.optional().describe('in the lab: the file with the manifest of the Longhorn to upgrade to'),
  storeImage: z
    .string({ error: `is not set: name ${driverNamed().image}, which the cluster can pull` })
    .min(1, 'must not be empty')
    .describe("the image of the backup store's pod"),
  ownBucket: z
    .object({ endpoint: text, bucket: text, region: text, secret: text })
    .optional()
    .describe(
      'the bucket for stores of the kind `own-bucket`: `endpoint` (URL), `bucket`, `region`, and `secret` (NAMESPACE/NAME)',
    ),
  namespace: resourceName
    .optional()
    .describe('the namespace for all backup stores; by default each has its own'),
  allow: listOf(allDisruptions)
    .default([])
    .describe('the disruptions that scenarios may cause, see `--allow`'),
  without: listOf(allCapabilities)
    .default([])
    .describe('what the cluster lacks: a scenario that needs it is skipped'),
});

/** All settings of a run of the scenarios. Those without a default are required. */
const runSchema = clusterSchema.extend({
  expectCluster: objectUid.optional().describe('the UID that the namespace kube-system must have'),
  run: z
    .string()
    .regex(runIdPattern, 'must be six characters of a-z and 0-9')
    .default(makeRunId)
    .describe("the run's id, in the names and labels of everything that it creates; by default a new one"),
  store: z
    .string()
    .refine(
      (name) => [...storeChoices, ownBucketKind].includes(name),
      `must be one of ${storeChoices.join(', ')}`,
    )
    .default(driverNamed().name)
    .describe('the kind of backup store of the scenarios'),
  out: text.default('.corral/last').describe('the folder of the results'),
  workers: count
    .optional()
    .describe(
      'how many scenarios run at once, without those that only wait; by default as many as the processors can handle',
    ),
  begun: count
    .optional()
    .describe(
      'how many scenarios may have begun and not ended, with those that only wait; by default as many as `workers`, or all',
    ),
  maxFailures: count
    .optional()
    .describe('no more scenarios start after this many failed or were not provable'),
  pauseOnFailure: z
    .boolean()
    .default(false)
    .describe('whether to keep the objects of a scenario that did not pass; its faults are healed'),
  round: count.default(1).describe('the number of this round, with `--repeat`'),
  disposable: z
    .boolean()
    .default(false)
    .describe('whether the cluster is removed if the run is interrupted; then the scenarios do not clean up'),
  supportBundle: z
    .boolean()
    .default(false)
    .describe("whether to keep Longhorn's support bundle for a scenario that did not pass"),
  output: z
    .enum(outputs, { error: `must be one of ${outputs.join(', ')}` })
    .default('quiet')
    .describe('what the run prints: see `--output`'),
  shard: shardSchema.optional().describe('the part of the scenarios to run, with `--shard`'),
});

export type ClusterConfig = z.output<typeof clusterSchema>;

export type RunConfig = z.output<typeof runSchema>;

/** What a cluster offers and which disruptions are allowed. This decides whether a scenario can run. */
export type Offered = Pick<RunConfig, 'without' | 'allow'> & {
  lab: boolean;
  /** Whether there is another Longhorn to upgrade to. */
  upgrades?: boolean;
  /** Whether the run downloads a browser if this machine has none. */
  fetchesBrowser?: boolean;
};

/** The settings about an existing cluster: which one it is, and which disruptions are allowed. */
export type ExistingCluster = Pick<
  RunConfig,
  'kubeconfig' | 'expectCluster' | 'storeImage' | 'namespace' | 'allow' | 'clocks'
> & {
  context: string;
  /** The existing bucket for all stores. Undefined if stores do not use one. */
  ownBucket?: OwnBucket | undefined;
  /** The kind of stores for scenarios, or all kinds. The default is the first kind. */
  store?: string;
  /** Whether scenarios request Longhorn's support bundle, which needs additional rights. */
  supportBundle?: boolean;
};

/** A setting of a run is missing or wrong. The message is one line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The variable with a complete configuration as JSON. If it is set, the other variables are ignored. */
const whole = 'CORRAL_CONFIG';

/** The variables for single settings, for `npx vitest run --project e2e`. */
const envNames: Partial<Record<keyof RunConfig, string>> = {
  kubeconfig: 'CORRAL_KUBECONFIG',
  context: 'CORRAL_CONTEXT',
  expectCluster: 'CORRAL_EXPECT_CLUSTER',
  storeImage: 'CORRAL_STORE_IMAGE',
  namespace: 'CORRAL_NAMESPACE',
  store: 'CORRAL_STORE',
  allow: 'CORRAL_ALLOW',
  clocks: 'CORRAL_TARGET_CLOCKS',
  out: 'CORRAL_OUT',
};

type Variables = Readonly<Record<string, string | undefined>>;

/** Creates the configuration of a run, with defaults. Unknown fields are dropped. */
export const makeRunConfig = (
  given: Pick<RunConfig, 'kubeconfig' | 'storeImage'> & Partial<RunConfig>,
): RunConfig => runSchema.parse(given);

/** Converts a configuration to the variables that readRunConfig reads. */
export const toVariables = (config: RunConfig): Record<string, string> => ({
  [whole]: JSON.stringify(config),
});

/** The variables for a cluster alone, for any number of runs on it. */
export const clusterVariables = (
  given: Pick<RunConfig, 'kubeconfig' | 'storeImage'> & Partial<ClusterConfig>,
): Record<string, string> => ({
  [whole]: JSON.stringify(clusterSchema.parse(given)),
});

// The parser's message quotes the text, so it is not used.
const parseWhole = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    throw new ConfigError(
      `${whole} is no JSON: the line that --keep prints has one, and docs/running.md says what is in it`,
    );
  }
};

/**
 * Reads the settings of a run from variables. Throws a ConfigError that names everything missing or wrong, without
 * quoting values.
 */
export const readRunConfig = (variables: Variables): RunConfig => {
  const { [whole]: json } = variables;
  const named = Object.fromEntries(
    Object.entries(envNames).map(([field, variable]) => [field, variables[variable] || undefined]),
  );
  const parsed = z.strictObject(runSchema.shape).safeParse(json ? parseWhole(json) : named);
  if (parsed.success) return parsed.data;
  const nameOf = ([field, ...path]: readonly PropertyKey[]): string => {
    const known = json
      ? [whole, field].filter((part) => part !== undefined).join('.')
      : envNames[field as keyof RunConfig];
    return [known, ...path].join('.');
  };
  throw new ConfigError(
    parsed.error.issues.map(({ path, message }) => `${nameOf(path)} ${message}`).join('; '),
  );
};

/** Like readRunConfig, but returns undefined instead of throwing. */
export const findRunConfig = (variables: Variables): RunConfig | undefined => {
  try {
    return readRunConfig(variables);
  } catch {
    return undefined;
  }
};

/** The chosen kind of stores, even if no cluster is configured. Undefined if none was chosen. */
export const storeChoice = (variables: Variables): string | undefined =>
  findRunConfig(variables)?.store ?? (variables[envNames.store ?? ''] || undefined);

/** Whether the variables contain a complete configuration, as the command sets it. */
export const isCompleteConfig = (variables: Variables): boolean => Boolean(variables[whole]);

/** Every field of a configuration, for the documents: its variable and its description. */
export const configFields = (): { name: string; variable: string; about: string }[] =>
  Object.entries(runSchema.shape).map(([name, field]) => {
    // The default run id is random, so it is not documented.
    const byDefault =
      field instanceof z.ZodDefault && name !== 'run'
        ? ` (default \`${JSON.stringify(field.def.defaultValue)}\`)`
        : '';
    return {
      name,
      variable: envNames[name as keyof RunConfig] ?? '',
      about: `${field.description}${byDefault}`,
    };
  });
