import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, unlessGone } from './errors.ts';
import type { ExecResult } from './exec.ts';
import type { Health } from './health.ts';
import type { KubernetesObject } from './objects.ts';
import type { SendRequest } from './request.ts';
import type { ApiOutage } from './trouble.ts';

/** What may be done with a request whose outcome is not known. */
export type Resend<T> = {
  /** It does no harm to send it twice. */
  again: boolean;
  /** Reads an answer that only means that the first one got through; undefined: it means something else. */
  settle?: (error: ApiError) => Promise<{ result: T } | undefined>;
};

/**
 * How long an API server in trouble is waited for, and the first and the longest pause before a request is
 * sent again; ms.
 */
type Patience = { time: number; first: number; longest: number };

// A restart takes an API server about 10 s on two busy cores, and a machine that is booted anew about a
// minute.
const suitesPatience: Patience = { time: 90_000, first: 100, longest: 2000 };

/**
 * Sends a request until the API server answers it. While the server is in trouble, what did not get there is
 * sent again, and so is what may be sent twice; the health keeps account of all that. Rejects with the last
 * error when the patience is over, which is the suite's (90 s) but in tests of it.
 */
export const patiently = async <T>(
  send: () => Promise<T>,
  { health, resend, patience = suitesPatience }: { health: Health; resend: Resend<T>; patience?: Patience },
): Promise<T> => {
  const { signal } = health;
  const deadline = performance.now() + patience.time;
  let isDoubtful = false;
  for (let attempt = 0; ; attempt += 1) {
    let error: unknown;
    try {
      const result = await send();
      health.met();
      return result;
    } catch (thrown) {
      error = thrown;
    }
    const trouble = health.met(error) ?? notYet(error, health);
    if (trouble === undefined) {
      const settled = isDoubtful && error instanceof ApiError ? await resend.settle?.(error) : undefined;
      if (settled === undefined) throw error;
      return settled.result;
    }
    isDoubtful ||= trouble === 'unknown';
    const wanted = error instanceof ApiError ? error.retryAfter : undefined;
    const pause = Math.max(wanted ?? 0, Math.min(patience.first * 2 ** attempt, patience.longest));
    if ((trouble === 'unknown' && !resend.again) || performance.now() + pause > deadline) throw error;
    await sleep(pause, undefined, { signal }).catch(() => {});
    if (signal.aborted) throw error;
    health.again();
  }
};

// Right after its start an API server has not read the roles: nothing came of what it refused.
const notYet = (error: unknown, { isFresh }: Health): ApiOutage | undefined =>
  isFresh && error instanceof ApiError && [401, 403].includes(error.status) ? 'later' : undefined;

/**
 * Lets the health know how any request ended, without sending one again: for watches and logs, which have
 * their own ways to go on.
 */
export const watchedRequest =
  (request: SendRequest, health: Health | undefined): SendRequest =>
  async (...what) => {
    if (health === undefined) return request(...what);
    try {
      const response = await request(...what);
      const { status } = response;
      health.met(
        [502, 503, 504].includes(status)
          ? new ApiError(`${what[0]}: ${status}`, { status, reason: '' })
          : undefined,
      );
      return response;
    } catch (error) {
      health.met(error);
      throw error;
    }
  };

/** Starts a command again that the API server was not there to start; one that began is never begun twice. */
export const patientExec =
  <Command extends unknown[]>(
    exec: (...command: Command) => Promise<ExecResult>,
    health: Health | undefined,
  ): typeof exec =>
  (...command) =>
    health === undefined
      ? exec(...command)
      : patiently(() => exec(...command), { health, resend: { again: false } });

/** Reading changes nothing. */
export const reading: Resend<string> = { again: true };

/**
 * A merge patch or an apply sets fields to what they are to be, once or twice; not where it is meant for one
 * resourceVersion.
 */
export const patching = (body: object): Resend<string> => ({
  again: (body as Partial<KubernetesObject>).metadata?.resourceVersion === undefined,
});

/** What is there no more, or is another object of that name by now, was deleted by the first request. */
export const deleting: Resend<string> = {
  again: true,
  settle: async ({ status }) => ([404, 409].includes(status) ? { result: '{}' } : undefined),
};

/**
 * An object with a name is made once: where it is there already, it is read, and was made by the first
 * request if it has all the labels that were sent. One without labels cannot be distinguished from another's, and one
 * without a name would be made twice.
 */
export const creating = (object: object, read: (name: string) => Promise<string>): Resend<string> => {
  const { name, labels = {} } = (object as Partial<KubernetesObject>).metadata ?? {};
  return {
    again: name !== undefined,
    settle: async ({ reason }: ApiError) => {
      if (reason !== 'AlreadyExists' || name === undefined || Object.keys(labels).length === 0)
        return undefined;
      const found = await read(name).catch(unlessGone);
      return found !== undefined && hasLabels(JSON.parse(found), labels) ? { result: found } : undefined;
    },
  };
};

const hasLabels = ({ metadata }: KubernetesObject, labels: Record<string, string>): boolean =>
  Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value);
