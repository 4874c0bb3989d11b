import type { Pod } from '../kube/pods.ts';
import type { FatalState } from './fatal-states.ts';
import type { Timeline } from './timeline.ts';

/** One line about a pod: its phase, and why its containers wait or ended. */
export const describePod = (pod: Pod): string => {
  const states = (pod.status?.containerStatuses ?? []).flatMap(({ state }) => {
    const { waiting, terminated } = state ?? {};
    if (waiting !== undefined) return [`waiting: ${waiting.reason ?? ''} ${waiting.message ?? ''}`.trim()];
    if (terminated !== undefined)
      return [`ended: ${terminated.reason ?? ''} (exit code ${terminated.exitCode ?? '?'})`];
    return [];
  });
  return [pod.status?.phase ?? 'no phase yet', ...states].join(', ');
};

// Reasons of the kubelet that do not change while the pod's spec stays the same.
const permanent = ['ErrImageNeverPull', 'InvalidImageName', 'CreateContainerConfigError'];

// The exit code of a program whose configuration is wrong (sysexits.h, EX_CONFIG).
const configurationWrong = 78;

const refusalOf = ({ status }: Pod): string | undefined =>
  (status?.containerStatuses ?? [])
    .flatMap(({ state, lastState }) => [state?.terminated ?? [], lastState?.terminated ?? []].flat())
    .find(({ exitCode }) => exitCode === configurationWrong)
    ?.message?.trim();

// A registry may be unavailable for a moment. The kubelet tries again after 10 s, then after 20 s.
const enoughPulls = 3;

const waitingOf = ({ status }: Pod) =>
  (status?.containerStatuses ?? []).flatMap(({ state }) => state?.waiting ?? []);

const isPullFailed = (pod: Pod): boolean => waitingOf(pod).some(({ reason }) => reason === 'ErrImagePull');

const pullsOf = (timeline: Timeline<Pod>, uid: string | undefined): number => {
  const states = timeline.entries.flatMap((entry) =>
    entry.kind !== 'gap' && entry.object.metadata.uid === uid ? entry.object : [],
  );
  return states.filter(
    (pod, index) => isPullFailed(pod) && !(index > 0 && isPullFailed(states[index - 1] as Pod)),
  ).length;
};

/**
 * The pods of a timeline that cannot run with their spec: the image is missing, a container cannot be configured, or
 * the program exits with EX_CONFIG.
 */
export const fatalPodStates = (timeline: Timeline<Pod>): FatalState<Pod> => ({
  timeline,
  describe: describePod,
  because: (pod) => {
    const { name, uid } = pod.metadata;
    const found = waitingOf(pod).find(({ reason = '' }) => permanent.includes(reason));
    if (found !== undefined)
      return `pod ${name} cannot run: ${found.reason}${found.message ? `: ${found.message}` : ''}`;
    const refusal = refusalOf(pod);
    if (refusal !== undefined) return `pod ${name} cannot run: ${refusal}`;
    const pulls = waitingOf(pod).find(
      ({ reason = '' }) => reason === 'ErrImagePull' || reason === 'ImagePullBackOff',
    );
    if (pulls === undefined || pullsOf(timeline, uid) < enoughPulls) return undefined;
    return `the image of pod ${name} could not be pulled, ${enoughPulls} times: ${pulls.message ?? pulls.reason}`;
  },
});
