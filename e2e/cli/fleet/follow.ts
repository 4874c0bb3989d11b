import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { waitUntil } from '../../history/expectation.ts';
import { follow } from '../../history/watch.ts';
import { type Cluster, resources } from '../../kube/cluster.ts';
import type { Pod } from '../../kube/pods.ts';
import { redact } from '../../kube/redact/redact.ts';
import { isJobOver, type Job } from '../../longhorn/job-types.ts';
import { composeTotals } from '../../report/console.ts';
import { writeReport } from '../../report/file.ts';
import type { ReportFile } from '../../report/merge-rounds.ts';
import { type Report, reportSchema } from '../../report/schema.ts';
import { podsOfJob } from './objects.ts';

const block = /^corral-report ([0-9a-f]{64})\n([A-Za-z0-9+/=\n]*)\ncorral-report-end$/gm;

/**
 * Reads the report at the end of a pod's log, written there by fixtures/fleet/run-shard.sh. Throws if it is missing
 * or damaged.
 */
export const readReportBlock = (log: string): Report => {
  const [, digest, packed] = [...log.matchAll(block)].at(-1) ?? [];
  if (digest === undefined || packed === undefined) throw new Error('its log does not end with a report');
  const text = gunzipSync(Buffer.from(packed, 'base64'));
  if (createHash('sha256').update(text).digest('hex') !== digest)
    throw new Error('the report in its log is damaged');
  return reportSchema.parse(JSON.parse(text.toString()));
};

/** The log for readers, without the encoded report. */
export const withoutReportBlock = (log: string): string => log.replace(block, '').trimEnd();

const hasEnded = ({ status }: Pod): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

const indexOf = ({ metadata }: Pod): number =>
  Number(metadata.annotations?.['batch.kubernetes.io/job-completion-index'] ?? Number.NaN) + 1;

const stateOf = ({ status, spec }: Pod): string => {
  const { waiting, running, terminated } = status?.containerStatuses?.[0]?.state ?? {};
  const unscheduled = status?.conditions?.find(
    ({ type, status: is }) => type === 'PodScheduled' && is === 'False',
  );
  if (terminated !== undefined) return `ended (${terminated.reason ?? 'exit'} ${terminated.exitCode ?? ''})`;
  if (status?.phase === 'Failed') return `failed: ${status.message ?? status.reason ?? 'no reason is given'}`;
  if (running !== undefined) return `runs on ${spec?.nodeName}`;
  if (waiting?.message !== undefined) return `waits: ${waiting.reason}: ${waiting.message}`;
  return unscheduled?.message === undefined ? '' : `waits: ${unscheduled.message}`;
};

/** Which fleet to follow, and where to print and to write. */
type Following = {
  cluster: Cluster;
  namespace: string;
  shards: number;
  /** The folder that gets a folder for each shard, with its report and log. */
  out: string;
  print: (line: string) => void;
  signal: AbortSignal;
};

const collect = async (
  pod: Pod,
  { cluster, namespace, shards, out, print }: Following,
): Promise<ReportFile | undefined> => {
  const place = `shard ${indexOf(pod)}/${shards}`;
  const folder = join(out, `shard-${indexOf(pod)}`);
  await mkdir(folder, { recursive: true });
  const log = await cluster.logs({ namespace, name: pod.metadata.name, container: 'shard' });
  await writeFile(join(folder, 'log.txt'), `${redact(withoutReportBlock(log))}\n`);
  try {
    const report = readReportBlock(log);
    const path = await writeReport(folder, report);
    print(`${place}: ${stateOf(pod)}: ${composeTotals(report.totals)}`);
    return { path, report };
  } catch (error) {
    print(
      `${place}: ${stateOf(pod)} without a report: ${(error as Error).message}: see ${relative('', join(folder, 'log.txt'))}`,
    );
    return undefined;
  }
};

/**
 * Follows the Job of a fleet until it ends, and prints the states of its pods. Reads the report from each pod's log
 * as soon as the pod ends, because its node may be lost later. Returns the reports; rejects if the signal aborts.
 */
export const followFleet = async (options: Following): Promise<ReportFile[]> => {
  const { cluster, namespace, shards, print, signal } = options;
  const pods = await follow<Pod>(cluster, resources.pods, { namespace, labelSelector: podsOfJob, signal });
  const jobs = await follow<Job>(cluster, resources.jobs, { namespace, signal });
  const collected = new Map<string, Promise<ReportFile | undefined>>();
  const reported = new Map<string, string>();
  const takePod = (pod: Pod): void => {
    const { name } = pod.metadata;
    if (hasEnded(pod)) {
      if (!collected.has(name)) collected.set(name, collect(pod, options));
      // Prevents an unhandled rejection: the result is awaited later.
      collected.get(name)?.catch(() => {});
      return;
    }
    const state = stateOf(pod);
    // A container ends before its pod does, and the end of the pod is printed with its report.
    if (state === '' || state.startsWith('ended') || reported.get(name) === state) return;
    reported.set(name, state);
    print(`shard ${indexOf(pod)}/${shards}: ${state}`);
  };
  const stop = pods.onEntry((entry) => {
    if (entry.kind !== 'gap' && entry.kind !== 'deleted') takePod(entry.object);
  });
  try {
    for (const pod of pods.objects()) takePod(pod);
    await waitUntil(jobs, isJobOver, {
      label: 'the Job of the fleet is over',
      within: '7h',
      owner: 'the Job, which ends itself after 6 h',
    });
    // The watch may report the end of the Job before the end of its last pod.
    for (const pod of (await cluster.list<Pod>(resources.pods, { namespace, labelSelector: podsOfJob }))
      .items)
      takePod(pod);
    return (await Promise.all(collected.values())).filter((source) => source !== undefined);
  } finally {
    stop();
    await Promise.all([pods.stop(), jobs.stop()]);
  }
};
