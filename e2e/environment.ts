import { z } from 'zod';
import type { LonghornClocks } from './longhorn/clocks.ts';
import { runIdPattern } from './run-id.ts';

const schema = z.object({
  CORRAL_KUBECONFIG: z.string({ error: 'is not set: name a kubeconfig file, or let `npm run e2e` bring a cluster' }).min(1),
  CORRAL_CONTEXT: z.string().min(1).optional(),
  CORRAL_RUN: z.string({ error: 'is not set' }).regex(runIdPattern, 'must be six characters of a-z and 0-9'),
  CORRAL_OUT: z.string().min(1).default('.corral/last'),
  CORRAL_PROVIDER: z.string().min(1).default('existing'),
  CORRAL_TARGET: z.enum(['official', 'archive', 'emulator']).default('official'),
  CORRAL_TARGET_VERSION: z.string().min(1).optional(),
  CORRAL_TARGET_CLOCKS: z
    .string()
    .regex(/^\d+,\d+,\d+$/, 'must be three numbers of milliseconds: the back-off of a deletion, the resync, and the life of a lock')
    .optional(),
  CORRAL_LAB: z.string().min(1).optional(),
  CORRAL_STORE_IMAGE: z
    .string({ error: 'is not set: name an image with nfs-ganesha, e2fsprogs and bash, which the cluster can pull' })
    .min(1),
});

/** What a run of the scenarios gets from outside. */
export type Environment = {
  kubeconfig: string;
  context: string | undefined;
  run: string;
  out: string;
  provider: string;
  target: { name: string; version: string | null };
  /** The clocks of the Longhorn under test, where they are not Longhorn's own. */
  clocks: LonghornClocks | undefined;
  /** The folder of the lab that the cluster is, if it is one: its nodes can be made to fail. */
  lab: string | undefined;
  storeImage: string;
};

/** Something in the environment is missing or wrong; the message is one line. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

const parseClocks = (text: string | undefined): LonghornClocks | undefined => {
  if (text === undefined) return undefined;
  const [deletionBackoff = 0, resync = 0, lockLife = 0] = text.split(',').map(Number);
  return { deletionBackoff, resync, lockLife };
};

const tellClocks = ({ deletionBackoff, resync, lockLife }: LonghornClocks): string => [deletionBackoff, resync, lockLife].join(',');

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
    run: value.CORRAL_RUN,
    out: value.CORRAL_OUT,
    provider: value.CORRAL_PROVIDER,
    target: { name: value.CORRAL_TARGET, version: value.CORRAL_TARGET_VERSION ?? null },
    clocks: parseClocks(value.CORRAL_TARGET_CLOCKS),
    lab: value.CORRAL_LAB,
    storeImage: value.CORRAL_STORE_IMAGE,
  };
};

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
});
