import { type ExistingCluster, storeChoice } from '../../e2e/config/config.ts';
import { ApiError, type Cluster, resources } from '../../e2e/kube/cluster.ts';
import { orAborted } from '../../e2e/kube/or-aborted.ts';
import type { Capability } from '../../e2e/longhorn/capabilities.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';
import { missingRights } from '../../e2e/permissions/missing.ts';
import { driverNamed, driversOf, ownBucketKind } from '../../e2e/store/drivers/index.ts';
import { checkBucket } from '../../e2e/store/drivers/s3/own-bucket.ts';
import { fetchBrowser, fetchesBrowser } from '../browser.ts';
import { measureMachine, printMachine } from '../measure-machine.ts';
import type { ProgressDisplay, Provider } from '../provider.ts';
import { announcementLines } from './announce.ts';
import { watchForLoss } from './await-loss.ts';
import { type Baseline, differencesFrom, readBaseline } from './baseline/baseline.ts';
import { confirmCluster, requireExpectedCluster, type Terminal } from './confirm.ts';
import { connectExisting } from './connect-existing.ts';
import { describeMissingRights } from './missing-rights.ts';
import { type LonghornState, readLonghorn } from './read-longhorn.ts';
import { orThrowPreconditionError } from './refuse.ts';
import { flagSettingNames, type SettingNames } from './setting-names.ts';
import { withGracePeriod } from './with-grace.ts';

/** More workers show nothing more, and put too much load on volumes of other users. */
const MOST_WORKERS = 3;

// The emulator's version contains its name, so that no report takes it for a real Longhorn.
const nameOf = ({ version }: LonghornState): string =>
  version.endsWith('-emulator') ? 'emulator' : 'installed';

const refuseWithout = async (
  cluster: Cluster,
  { existing, settingNames }: Pick<Options, 'existing' | 'settingNames'>,
): Promise<void> => {
  const missing = await orThrowPreconditionError('the permissions cannot be determined', () =>
    missingRights(cluster, existing),
  );
  if (missing !== undefined)
    throw new PreconditionError(describeMissingRights(missing, { context: cluster.context, settingNames }));
};

type Options = {
  existing: ExistingCluster;
  settingNames: SettingNames;
  run: string;
  signal: AbortSignal;
  progress: Pick<ProgressDisplay, 'note'>;
  terminal: Terminal;
};
type CheckedCluster = { cluster: Cluster; longhorn: LonghornState; baseline: Baseline };

/**
 * Checks the cluster, prints its identity and what the run will create in it, and asks for confirmation. Only
 * reads, so every problem is reported before anything is created.
 */
export const connectAndConfirm = async ({
  existing,
  settingNames,
  run,
  signal,
  progress,
  terminal,
}: Options): Promise<Omit<CheckedCluster, 'baseline'>> => {
  const { cluster, uid, kubernetes } = await connectExisting(existing, settingNames);
  const { server, context } = cluster;
  requireExpectedCluster({ server, context, uid }, existing, settingNames);
  const longhorn = await readLonghorn(cluster);
  await refuseWithout(cluster, { existing, settingNames });
  const stores = existing.ownBucket ? [driverNamed(ownBucketKind)] : driversOf(storeChoice(process.env));
  for (const line of announcementLines(
    { server, context, uid, kubernetes, longhorn, run, stores },
    existing,
    settingNames,
  ))
    progress.note(line);
  await confirmCluster(
    { server, context, uid },
    { expectCluster: existing.expectCluster, settingNames, terminal, signal },
  );
  return { cluster, longhorn };
};

const connectWithBaseline = async (options: Options): Promise<CheckedCluster> => {
  const { cluster, longhorn } = await connectAndConfirm(options);
  const { existing, run } = options;
  const { ownBucket } = existing;
  if (ownBucket !== undefined)
    await checkBucket(cluster, ownBucket, run).catch((error: unknown) => {
      throw error instanceof PreconditionError
        ? new PreconditionError({ ...error, where: '--bucket' })
        : error;
    });
  const baseline = await orThrowPreconditionError(
    'what is in the cluster cannot be read, to compare it afterwards',
    () => readBaseline(cluster, { allow: existing.allow, stores: existing.namespace }),
  );
  return { cluster, longhorn, baseline };
};

/** What the cluster lacks. Only who may make VolumeSnapshots of CSI may look for their kinds. */
const missingCapabilities = async (
  cluster: CheckedCluster['cluster'],
  { allow }: ExistingCluster,
): Promise<Capability[]> => {
  if (!allow.includes('volume-snapshots')) return [];
  const lacks = await cluster.list(resources.volumeSnapshotClasses).then(
    () => false,
    (error: unknown) => {
      if (error instanceof ApiError && error.status === 404) return true;
      throw error;
    },
  );
  return lacks ? ['volume-snapshots'] : [];
};

/** Creates the provider of existing clusters. `terminal` is used to ask for confirmation. */
export const createExistingProvider = (terminal: Terminal): Provider => ({
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
      connectWithBaseline({ existing, settingNames: flagSettingNames, run, signal, progress, terminal }),
      signal,
    );
    const fetched = browser ? await fetchBrowser({ signal, progress }) : undefined;
    const machine = await orAborted(
      orThrowPreconditionError('how slow it is cannot be measured', () => measureMachine({ read: cluster })),
      signal,
    );
    printMachine(progress, machine);
    const without = await orThrowPreconditionError('what the cluster lacks cannot be read', () =>
      missingCapabilities(cluster, existing),
    );
    const { lost, stop } = await orThrowPreconditionError('the cluster cannot be watched', () =>
      watchForLoss(cluster),
    );
    return {
      kubeconfig: existing.kubeconfig,
      context: existing.context,
      provider: 'existing',
      storeImage: existing.storeImage,
      ownBucket: existing.ownBucket,
      browser: fetched,
      allow: existing.allow,
      without,
      namespace: existing.namespace,
      accessHints: [],
      target: { name: nameOf(longhorn), version: longhorn.version },
      clocks: existing.clocks,
      machine,
      workers: Math.min(MOST_WORKERS, longhorn.ready.length),
      problems: () => [],
      lost,
      keep: () => {},
      differences: ({ signal: impatient }) => {
        const hurried = AbortSignal.any([impatient, lost]);
        return withGracePeriod(differencesFrom(baseline, { cluster, run, signal: hurried }), hurried);
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
export const existingProvider: Provider = createExistingProvider({
  input: process.stdin,
  output: process.stdout,
});
