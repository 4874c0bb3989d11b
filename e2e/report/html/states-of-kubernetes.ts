import { nonEmpty, type StateOf } from './watched.ts';

/** The state of a Job (active, complete or failed), with the reason. */
export const jobState: StateOf = ({ status }) => {
  const conditions: { type?: string; status?: string; reason?: string; message?: string }[] =
    status?.conditions ?? [];
  const holds = (type: string) => conditions.find((each) => each.type === type && each.status === 'True');
  const failed = holds('Failed');
  if (failed) return { state: 'Failed', tone: 'bad', texts: nonEmpty(failed.reason, failed.message) };
  if (holds('Complete')) return { state: 'Complete', tone: 'good', texts: [] };
  const failures = Number(status?.failed ?? 0);
  const texts = failures > 0 ? [`${failures} of its pods failed`] : [];
  return status?.active > 0
    ? { state: 'Active', tone: failures > 0 ? 'waiting' : 'busy', texts }
    : { state: 'new', tone: 'waiting', texts };
};

type Container = {
  name?: string;
  ready?: boolean;
  restartCount?: number;
  state?: {
    waiting?: { reason?: string; message?: string };
    terminated?: { reason?: string; message?: string; exitCode?: number };
  };
};

const saidByContainer = ({ name, state, restartCount = 0 }: Container): string[] => {
  const { waiting, terminated } = state ?? {};
  return nonEmpty(
    waiting?.reason && `${name}: ${[waiting.reason, waiting.message].filter(Boolean).join(': ')}`,
    terminated &&
      terminated.exitCode !== 0 &&
      `${name}: ${terminated.reason ?? 'ended'}, exit code ${terminated.exitCode}`,
    restartCount > 0 &&
      `${name}: ${restartCount === 1 ? 'restarted once' : `restarted ${restartCount} times`}`,
  );
};

const isUnready = (status: { conditions?: { type?: string; status?: string }[] } | undefined): boolean =>
  status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'False') ?? false;

/** The state of a pod: its phase, its readiness, and the problems of its containers. */
export const podState: StateOf = ({ status }) => {
  const containers: Container[] = status?.containerStatuses ?? [];
  const texts = [...nonEmpty(status?.reason, status?.message), ...containers.flatMap(saidByContainer)];
  const phase = nonEmpty(status?.phase)[0] ?? 'new';
  if (phase === 'Failed' || phase === 'Unknown') return { state: phase, tone: 'bad', texts };
  if (phase === 'Succeeded') return { state: phase, tone: 'good', texts };
  if (phase !== 'Running') return { state: phase, tone: 'waiting', texts };
  if (containers.length > 0 && containers.every(({ ready }) => ready === true)) {
    // On a lost node nobody updates the status of the containers. Kubernetes only sets the pod to not ready.
    if (!isUnready(status)) return { state: 'Ready', tone: 'good', texts };
    return {
      state: 'Running, not ready',
      tone: 'bad',
      texts: [...texts, 'not ready, though its containers were: its node may be lost'],
    };
  }
  const crashes = containers.some(
    ({ state }) => state?.waiting?.reason === 'CrashLoopBackOff' || (state?.terminated?.exitCode ?? 0) !== 0,
  );
  return { state: 'Running, not ready', tone: crashes ? 'bad' : 'waiting', texts };
};
