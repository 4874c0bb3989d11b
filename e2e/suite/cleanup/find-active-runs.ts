import { timeoutOf, waitUntil } from '../../history/expectation.ts';
import { follow } from '../../history/watch.ts';
import { type Cluster, type KubernetesObject, resources } from '../../kube/cluster.ts';
import { longhornNamespace } from '../../longhorn/resources.ts';
import { type Lease, leaseClock } from '../../store/lease.ts';
import { runLabelName } from '../steps/created-objects.ts';
import { labelledRun, type Search } from './find.ts';

/** In ms, longer than any difference between two clocks. A Lease that was renewed longer ago has certainly expired. */
const surelyOver = 300_000;

type Looking = Pick<Search, 'namespace'> & { counts?: number; print: (line: string) => void };

/**
 * Returns the active runs, which are still under way. A fleet is under way while its Job is active, any other run while
 * a scenario renews its Lease. Renewals are observed for `counts` seconds and not compared with this machine's clock,
 * because the clocks may differ.
 */
export const findActiveRuns = async (
  cluster: Cluster,
  runs: ReadonlySet<string>,
  { namespace, counts = leaseClock.counts, print }: Looking,
): Promise<Set<string>> => {
  const where = { ...(namespace !== undefined && { namespace }), labelSelector: runLabelName };
  const [leases, jobs] = await Promise.all([
    cluster.list<Lease>(resources.leases, where),
    cluster.list<Job>(resources.jobs, where),
  ]);
  const isOfThem = (object: KubernetesObject): boolean => runs.has(labelledRun(object) ?? '');
  const recent = leases.items.filter((lease) => isOfThem(lease) && isRecent(lease));
  if (recent.length > 0)
    print(`waiting up to ${counts} s: a scenario that is at work renews its Lease meanwhile`);
  const renewed = await Promise.all(
    recent.map(async (lease) => ((await renews(cluster, lease, counts)) ? [lease] : [])),
  );
  const alive = [...renewed.flat(), ...jobs.items.filter((job) => isOfThem(job) && isRunning(job))];
  return new Set(alive.flatMap((object) => labelledRun(object) ?? []));
};

type Job = KubernetesObject & { status?: { active?: number } };

// The Job of a recurring job does not show that the run is under way.
const isRunning = ({ metadata, status }: Job): boolean =>
  metadata.namespace !== longhornNamespace && (status?.active ?? 0) > 0;

const isRecent = ({ metadata, spec }: Lease): boolean =>
  metadata.deletionTimestamp === undefined &&
  spec?.renewTime !== undefined &&
  Date.now() - Date.parse(spec.renewTime) < surelyOver;

const renews = async (cluster: Cluster, { metadata, spec }: Lease, counts: number): Promise<boolean> => {
  const { namespace = '', name } = metadata;
  await using leases = await follow<Lease>(cluster, resources.leases, {
    namespace,
    fieldSelector: `metadata.name=${name}`,
  });
  const renewed = waitUntil(leases, (lease) => lease.spec?.renewTime !== spec?.renewTime, {
    label: `the Lease ${name} in ${namespace} is renewed`,
    within: `${counts}s`,
    owner: 'the Lease of a scenario',
  });
  return (await timeoutOf(renewed)) === undefined;
};
