import { z } from 'zod';
import { clocksHelp, type LonghornClocks, parseClocks } from '../../longhorn/clocks.ts';
import { allDangers, type Danger, isDanger } from '../../longhorn/dangers.ts';
import { allLacks, isLack, type Lack } from '../../longhorn/lacks.ts';
import { type Output, outputs } from '../../report/output.ts';
import type { ShardReport } from '../../report/schema.ts';
import { readShard, shardPattern, tellShard } from '../../report/shard.ts';
import { driverNamed } from '../../store/drivers/index.ts';
import { runIdPattern } from './run-id.ts';

const aWholeNumber = z
  .string()
  .regex(/^[1-9]\d*$/, 'must be a whole number from 1 on')
  .transform(Number);

const schema = z.object({
  CORRAL_KUBECONFIG: z.string({ error: 'is not set: name a kubeconfig file, or let `npm run e2e` bring a cluster' }).min(1),
  CORRAL_CONTEXT: z.string().min(1).optional(),
  CORRAL_EXPECT_CLUSTER: z.guid({ error: 'must be the UID of the namespace kube-system' }).optional(),
  CORRAL_RUN: z.string({ error: 'is not set' }).regex(runIdPattern, 'must be six characters of a-z and 0-9'),
  CORRAL_OUT: z.string().min(1).default('.corral/last'),
  CORRAL_PROVIDER: z.string().min(1).default('existing'),
  CORRAL_TARGET: z.enum(['installed', 'official', 'archive', 'emulator']).default('installed'),
  CORRAL_TARGET_VERSION: z.string().min(1).optional(),
  CORRAL_TARGET_CLOCKS: z
    .string()
    .refine((text) => parseClocks(text) !== undefined, clocksHelp)
    .optional(),
  CORRAL_ALLOW: z
    .string()
    .transform((text) => text.split(',').filter((name) => name !== ''))
    .pipe(z.array(z.custom<Danger>((name) => isDanger(String(name)), `must be names with commas, of ${allDangers.join(', ')}`)))
    .default([]),
  CORRAL_WITHOUT: z
    .string()
    .transform((text) => text.split(',').filter((name) => name !== ''))
    .pipe(z.array(z.custom<Lack>((name) => isLack(String(name)), `must be names with commas, of ${allLacks.join(', ')}`)))
    .default([]),
  CORRAL_NAMESPACE: z.string().min(1).optional(),
  CORRAL_WORKERS: aWholeNumber.optional(),
  CORRAL_SCENARIOS: aWholeNumber.optional(),
  CORRAL_ROUND: aWholeNumber.default(1),
  CORRAL_SUPPORT_BUNDLE: z.literal('1', { error: 'must be 1, or not be set' }).optional(),
  CORRAL_OUTPUT: z.enum(outputs).default('quiet'),
  CORRAL_SHARD: z.string().regex(shardPattern, 'must be as 2/8@0123456789ab').transform(readShard).optional(),
  CORRAL_LAB: z.string().min(1).optional(),
  CORRAL_STORE_IMAGE: z.string({ error: `is not set: name ${driverNamed().image}, which the cluster can pull` }).min(1),
});

/** What a run of the scenarios gets from outside. */
export type Environment = {
  kubeconfig: string;
  context: string | undefined;
  expectCluster?: string | undefined;
  run: string;
  out: string;
  provider: string;
  target: { name: string; version: string | null };
  /** The clocks of the Longhorn under test, where they are not Longhorn's own. */
  clocks: LonghornClocks | undefined;
  /** The folder of the lab that the cluster is, if it is one: its nodes can be made to fail. */
  lab: string | undefined;
  storeImage: string;
  /** The namespace that all backup stores go into; undefined: each has one of its own. */
  namespace: string | undefined;
  /** What scenarios may do that others on the cluster could feel. */
  allow: readonly Danger[];
  /** What the cluster lacks: a scenario that needs it is skipped, the others do without. */
  without: readonly Lack[];
  /** How many scenarios are at work at once; undefined: all. */
  workers: number | undefined;
  /** How many scenarios are played in all, where that is known: none begins before all have come, so that the longest are the first. */
  scenarios?: number | undefined;
  /** Which round this is of those that `--repeat` asks for. */
  round: number;
  /** Longhorn is asked for its support bundle where a scenario does not pass. */
  supportBundle?: boolean;
  /** How it is told. */
  output: Output;
  /** Which part of the scenarios this is, as the report names it. */
  shard?: ShardReport | undefined;
};

/** Something in the environment is missing or wrong; the message is one line. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

const tellClocks = ({ deletionBackoff, resync, lockLife, monitorPoll }: LonghornClocks): string =>
  [deletionBackoff, resync, lockLife, monitorPoll].join(',');

/** Reads the environment of the e2e project; throws an EnvironmentError that names each variable at fault. */
export const parseEnvironment = (env: NodeJS.ProcessEnv): Environment => {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    throw new EnvironmentError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '));
  }
  const value = parsed.data;
  return {
    kubeconfig: value.CORRAL_KUBECONFIG,
    context: value.CORRAL_CONTEXT,
    expectCluster: value.CORRAL_EXPECT_CLUSTER,
    run: value.CORRAL_RUN,
    out: value.CORRAL_OUT,
    provider: value.CORRAL_PROVIDER,
    target: { name: value.CORRAL_TARGET, version: value.CORRAL_TARGET_VERSION ?? null },
    clocks: value.CORRAL_TARGET_CLOCKS === undefined ? undefined : parseClocks(value.CORRAL_TARGET_CLOCKS),
    lab: value.CORRAL_LAB,
    storeImage: value.CORRAL_STORE_IMAGE,
    namespace: value.CORRAL_NAMESPACE,
    allow: value.CORRAL_ALLOW,
    without: value.CORRAL_WITHOUT,
    workers: value.CORRAL_WORKERS,
    scenarios: value.CORRAL_SCENARIOS,
    round: value.CORRAL_ROUND,
    supportBundle: value.CORRAL_SUPPORT_BUNDLE !== undefined,
    output: value.CORRAL_OUTPUT,
    shard: value.CORRAL_SHARD,
  };
};

/** Reads how many scenarios are at work at once, before the rest is looked at; undefined: all, or what parseEnvironment will refuse. */
export const parseWorkers = (env: NodeJS.ProcessEnv): number | undefined => aWholeNumber.safeParse(env.CORRAL_WORKERS).data;

/** Reads how many scenarios are played, likewise; undefined: nobody knows. */
export const parseScenarios = (env: NodeJS.ProcessEnv): number | undefined => aWholeNumber.safeParse(env.CORRAL_SCENARIOS).data;

/** Writes an environment the way parseEnvironment reads it, for the process that runs the scenarios. */
export const toVariables = (environment: Environment): Record<string, string> => ({
  CORRAL_KUBECONFIG: environment.kubeconfig,
  ...(environment.context === undefined ? {} : { CORRAL_CONTEXT: environment.context }),
  CORRAL_RUN: environment.run,
  CORRAL_OUT: environment.out,
  CORRAL_PROVIDER: environment.provider,
  CORRAL_TARGET: environment.target.name,
  ...(environment.target.version === null ? {} : { CORRAL_TARGET_VERSION: environment.target.version }),
  ...(environment.clocks === undefined ? {} : { CORRAL_TARGET_CLOCKS: tellClocks(environment.clocks) }),
  ...(environment.lab === undefined ? {} : { CORRAL_LAB: environment.lab }),
  CORRAL_STORE_IMAGE: environment.storeImage,
  ...(environment.namespace === undefined ? {} : { CORRAL_NAMESPACE: environment.namespace }),
  ...(environment.allow.length === 0 ? {} : { CORRAL_ALLOW: environment.allow.join(',') }),
  ...(environment.without.length === 0 ? {} : { CORRAL_WITHOUT: environment.without.join(',') }),
  ...(environment.workers === undefined ? {} : { CORRAL_WORKERS: String(environment.workers) }),
  ...(environment.scenarios === undefined ? {} : { CORRAL_SCENARIOS: String(environment.scenarios) }),
  ...(environment.round === 1 ? {} : { CORRAL_ROUND: String(environment.round) }),
  ...(environment.supportBundle ? { CORRAL_SUPPORT_BUNDLE: '1' } : {}),
  ...(environment.output === 'quiet' ? {} : { CORRAL_OUTPUT: environment.output }),
  ...(environment.shard === undefined ? {} : { CORRAL_SHARD: tellShard(environment.shard) }),
});
