import { type ExistingCluster, storeChoice } from '../../e2e/config/config.ts';
import type { Cluster } from '../../e2e/kube/cluster.ts';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import { missingRights } from '../../e2e/permissions/missing.ts';
import { driverNamed, driversOf, ownBucketKind } from '../../e2e/store/drivers/index.ts';
import { checkBucket } from '../../e2e/store/drivers/s3/own-bucket.ts';
import { fetchBrowser, fetchesBrowser } from '../browser.ts';
import { measureMachine, tellMachine } from '../measure-machine.ts';
import { orAborted } from '../or-aborted.ts';
import type { ProgressDisplay, Provider } from '../provider.ts';
import { announce } from './announce.ts';
import { awaitLoss } from './await-loss.ts';
import { type Baseline, differencesFrom, readBaseline } from './baseline/baseline.ts';
import { confirm, refuseAnother, type Terminal } from './confirm.ts';
import { connectExisting } from './connect-existing.ts';
import { type Longhorn, readLonghorn } from './read-longhorn.ts';
import { orRefuse } from './refuse.ts';
import { rightsTrouble } from './rights-trouble.ts';
import { asFlags, type Spelling } from './spelling.ts';
import { withGrace } from './with-grace.ts';

/** More workers show nothing more, and put too much load on volumes of other users. */
const MOST_WORKERS = 3;

// The emulator's version contains its name, so that no report takes it for a real Longhorn.
const nameOf = ({ version }: Longhorn): string => (version.endsWith('-emulator') ? 'emulator' : 'installed');

const refuseWithout = async (
  cluster: Cluster,
  { existing, spelling }: Pick<Options, 'existing' | 'spelling'>,
): Promise<void> => {
  const missing = await orRefuse('the permissions cannot be determined', () =>
    missingRights(cluster, existing),
  );
  if (missing !== undefined) throw new NotFit(rightsTrouble(missing, { context: cluster.context, spelling }));
};

type Options = {
  existing: ExistingCluster;
  spelling: Spelling;
  run: string;
  signal: AbortSignal;
  progress: Pick<ProgressDisplay, 'note'>;
  terminal: Terminal;
};
type Seen = { cluster: Cluster; longhorn: Longhorn; baseline: Baseline };

/**
 * Checks the cluster, prints its identity and what the run will create in it, and asks for confirmation. Only
 * reads, so every problem is reported before anything is created.
 */
export const connectAndConfirm = async ({
  existing,
  spelling,
  run,
  signal,
  progress,
  terminal,
}: Options): Promise<Omit<Seen, 'baseline'>> => {
  const { cluster, uid, kubernetes } = await connectExisting(existing, spelling);
  const { server, context } = cluster;
  refuseAnother({ server, context, uid }, existing, spelling);
  const longhorn = await readLonghorn(cluster);
  await refuseWithout(cluster, { existing, spelling });
  const stores = existing.ownBucket ? [driverNamed(ownBucketKind)] : driversOf(storeChoice(process.env));
  for (const line of announce(
    { server, context, uid, kubernetes, longhorn, run, stores },
    existing,
    spelling,
  ))
    progress.note(line);
  await confirm(
    { server, context, uid },
    { expectCluster: existing.expectCluster, spelling, terminal, signal },
  );
  return { cluster, longhorn };
};

const connectWithBaseline = async (options: Options): Promise<Seen> => {
  const { cluster, longhorn } = await connectAndConfirm(options);
  const { existing, run } = options;
  const { ownBucket } = existing;
  if (ownBucket !== undefined)
    await checkBucket(cluster, ownBucket, run).catch((error: unknown) => {
      throw error instanceof NotFit ? new NotFit({ ...error, where: '--bucket' }) : error;
    });
  const baseline = await orRefuse('what is in the cluster cannot be read, to compare it afterwards', () =>
    readBaseline(cluster, { allow: existing.allow, stores: existing.namespace }),
  );
  return { cluster, longhorn, baseline };
};

/** Creates the provider of existing clusters. `terminal` is used to ask for confirmation. */
export const existingOn = (terminal: Terminal): Provider => ({
  name: 'existing',
  offers: async (existing) => ({
    lab: false,
    allow: existing?.allow ?? [],
    without: [],
    fetchesBrowser: await fetchesBrowser(),
  }),
  up: async ({ existing, browser, run, signal, progress }) => {
    if (existing === undefined) throw new Error('the flags of the provider existing were not read');
    const { cluster, longhorn, baseline } = await orAborted(
      connectWithBaseline({ existing, spelling: asFlags, run, signal, progress, terminal }),
      signal,
    );
    const fetched = browser ? await fetchBrowser({ signal, progress }) : undefined;
    const machine = await orAborted(
      orRefuse('how slow it is cannot be measured', () => measureMachine({ read: cluster })),
      signal,
    );
    tellMachine(progress, machine);
    const { lost, stop } = await orRefuse('the cluster cannot be watched', () => awaitLoss(cluster));
    return {
      kubeconfig: existing.kubeconfig,
      context: existing.context,
      provider: 'existing',
      storeImage: existing.storeImage,
      ownBucket: existing.ownBucket,
      browser: fetched,
      allow: existing.allow,
      namespace: existing.namespace,
      reach: [],
      target: { name: nameOf(longhorn), version: longhorn.version },
      clocks: existing.clocks,
      machine,
      workers: Math.min(MOST_WORKERS, longhorn.ready.length),
      trouble: () => [],
      lost,
      keep: () => {},
      differences: ({ signal: impatient }) => {
        const hurried = AbortSignal.any([impatient, lost]);
        return withGrace(differencesFrom(baseline, { cluster, run, signal: hurried }), hurried);
      },
      // The cluster stays. Only this process's connections to it are closed.
      down: stop,
    };
  },
});

/**
 * An existing cluster with its Longhorn. It is checked before anything is created in it, compared afterwards,
 * and left running.
 */
export const existing: Provider = existingOn({ input: process.stdin, output: process.stdout });
