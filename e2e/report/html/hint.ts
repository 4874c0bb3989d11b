import { describeLoad, judgeLoad, type Load } from '../../machine/load.ts';
import { decisionOf } from '../decision-of.ts';
import type { Report, ScenarioReport } from '../schema.ts';
import type { Bar, Hint, Lane, ReportTimeline } from './data.ts';

/** A period of the scenario, in seconds since its start. */
type Interval = { from: number; to: number };

/**
 * The kind of the error that ended a scenario: an error in the suite's code, an unreachable API server, a container
 * that no longer runs, or a gap in the watch.
 */
export type ErrorClass = 'suite-code' | 'network' | 'pod-gone' | 'gap';

const named = ({ kind, name }: Lane): string => `${kind === 'pods' ? 'pod' : 'backup target'} ${name}`;

const at = (seconds: number): string => `+${seconds.toFixed(1)} s`;

// In s. The effect of a fault is not counted as trouble of the cluster. After the fault, a pod needs a while to
// become ready again.
const afterFault = 60;
const isOnPurpose = ({ from }: Bar, faults: readonly Interval[]): boolean =>
  faults.some((fault) => from >= fault.from - 1 && from <= fault.to + afterFault);

// A bad state before the first good one is no trouble: a pod that starts, or a target that Longhorn has not listed yet.
const troubleOf = ({ bars }: Lane): Bar[] => {
  const good = bars.findIndex(({ tone }) => tone === 'good');
  return good === -1 ? [] : bars.slice(good).filter(({ tone }) => tone === 'bad');
};

const clusterTrouble = ({ lanes }: ReportTimeline, others: readonly Interval[]): string[] => {
  const faults = [...others, ...lanes.flatMap(({ kind, bars }) => (kind === 'fault' ? bars : []))];
  const bad = lanes
    .filter(({ kind }) => kind === 'pods' || kind === 'backuptargets')
    .flatMap((lane) => troubleOf(lane).map((bar) => ({ lane, bar })))
    .filter(({ bar }) => !isOnPurpose(bar, faults));
  return bad
    .slice(0, 3)
    .map(
      ({ lane, bar }) =>
        `${named(lane)} was ${bar.state} at ${at(bar.from)}${bar.texts[0] ? `: ${bar.texts[0]}` : ''}, and no fault of the suite did that`,
    );
};

const failedFaults = ({ lanes }: ReportTimeline): string[] =>
  lanes
    .filter(({ kind }) => kind === 'fault')
    .flatMap(({ name, bars }) =>
      bars
        .filter(({ state }) => state === 'failed')
        .map(
          ({ from, texts }) => `the fault "${name}" failed at ${at(from)}${texts[0] ? `: ${texts[0]}` : ''}`,
        ),
    );

// Resources that Kubernetes alone is responsible for.
const ofKubernetes = ['pods', 'deployments', 'namespaces'];

const expectationsIn = ({ lanes }: ReportTimeline, state: string, of: (kind: string) => boolean) =>
  lanes.flatMap(({ kind, expectations }) =>
    of(kind) ? expectations.filter((each) => each.state === state) : [],
  );

const isLonghorns = (kind: string): boolean => !ofKubernetes.includes(kind);

/** The expectations about Kubernetes that were not met. */
const missedOfKubernetes = (timeline: ReportTimeline): string[] =>
  ['broken', 'timed-out'].flatMap((state) =>
    expectationsIn(timeline, state, (kind) => !isLonghorns(kind)).map(
      ({ label, reason }) =>
        `what Kubernetes brings about by itself did not come: ${label}${reason === null ? '' : ` (${decisionOf(reason)})`}`,
    ),
  );

type FailedScenario = Pick<ScenarioReport, 'state' | 'startedAt' | 'failure'>;

/**
 * Says where to look first if a scenario did not pass. Null for other scenarios. A hint from the run itself is used
 * unchanged, because more was known there. `others`: the times of other scenarios' faults. `load`: the load of the
 * machine during the wait that failed. `error`: the kind of the error that ended the scenario.
 */
export const hintOf = (
  { state, startedAt, failure }: FailedScenario,
  timeline: ReportTimeline | null,
  end: Report['end'],
  {
    others = [],
    load = {},
    error,
  }: { others?: readonly Interval[]; load?: Load | undefined; error?: ErrorClass | undefined } = {},
): Hint | null => {
  if (state === 'passed' || state === 'known-bug' || state === 'skipped') return null;
  if (end.state === 'cluster-lost')
    return {
      at: 'cluster',
      because: [`the cluster was lost while scenarios ran: ${end.reason ?? 'no reason is known'}`],
    };
  if (failure?.pointsTo !== undefined) return failure.pointsTo;
  if (state === 'not-provable')
    return {
      at: 'cluster',
      because: [
        error === 'gap'
          ? 'the watch of the API server has a gap where the scenario is decided: it is neither passed nor failed'
          : 'the precondition of the verdict did not occur: it is neither passed nor failed',
      ],
    };
  if (error === 'suite-code')
    return { at: 'suite', because: ["what stopped it is an error of the suite's own code"] };
  if (startedAt === null)
    return { at: 'suite', because: ['its file did not load, or its process ended before it did'] };
  if (timeline === null)
    return error === 'network'
      ? { at: 'cluster', because: ['a request to the cluster failed'] }
      : { at: 'unclear', because: ['nothing of it was kept to judge by'] };
  const faults = failedFaults(timeline);
  if (error === 'pod-gone')
    return {
      at: 'cluster',
      because: [...faults, 'a pod that the scenario stands on was not there any more'],
    };
  if (faults.length > 0)
    return {
      at: 'suite',
      because: [
        ...faults,
        'the preconditions of the scenario were not met, so it says nothing about Longhorn',
      ],
    };
  const missed = missedOfKubernetes(timeline);
  if (missed.length > 0) return { at: 'cluster', because: missed };
  const trouble = clusterTrouble(timeline, others);
  const broken = expectationsIn(timeline, 'broken', isLonghorns);
  const late = expectationsIn(timeline, 'timed-out', isLonghorns);
  if (broken.length > 0)
    return {
      at: 'longhorn',
      because: [
        ...broken.map(({ label, reason }) => `${label}: ${decisionOf(reason ?? 'broken')}`),
        'the watch saw the state that should not have been',
        ...trouble,
        // On a busy machine Kubernetes may have killed a container whose probes timed out.
        ...(judgeLoad(load) === 'busy' ? [describeLoad(load)] : []),
      ],
    };
  if (trouble.length > 0) return { at: 'cluster', because: trouble };
  if (late.length > 0)
    return {
      // A busy machine may be the cause of the time-out. Longhorn is only blamed if the machine was proved to be calm.
      at: judgeLoad(load) === 'calm' ? 'longhorn' : 'unclear',
      because: [
        ...late.map(({ label, limit }) => `${label}: not within ${limit ?? 'its time'}`),
        'the cluster shows no trouble of its own in that time',
        describeLoad(load),
      ],
    };
  if (error === 'network') return { at: 'cluster', because: ['a request to the cluster failed'] };
  return {
    at: 'unclear',
    because: ['no expectation was broken and the cluster shows no trouble: read the reason'],
  };
};
