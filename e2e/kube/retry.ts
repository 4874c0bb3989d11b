import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, unlessGone } from './errors.ts';
import type { ExecResult } from './exec.ts';
import type { Health } from './health.ts';
import type { KubernetesObject } from './objects.ts';
import type { ApiOutage } from './outage.ts';
import type { SendRequest } from './request.ts';

/** How to handle a request whose outcome is unknown. */
export type Resend<T> = {
  /** Sending it twice is harmless. */
  isSafe: boolean;
  /**
   * Handles an error that may only mean that an earlier attempt succeeded. Returns its result, or undefined if the
   * error means something else.
   */
  settle?: (error: ApiError) => Promise<{ result: T } | undefined>;
};

/** How long to wait for an API server in trouble, and the first and longest pause between attempts, in ms. */
type RetryLimits = { time: number; first: number; longest: number };

// A restart takes an API server about 10 s on two busy cores. A reboot of the machine takes about a minute.
const defaultLimits: RetryLimits = { time: 90_000, first: 100, longest: 2000 };

// In ms. On a busy machine the caches of webhooks were seen more than 1 s behind. A webhook that is 30 s behind is a
// fault of the system under test.
const earlyFor = 30_000;

/**
 * Sends a request until the API server answers it. While the server is in trouble, requests that did not reach it are
 * sent again, and so are those that are safe to send twice. Throws the last error when the time is over (90 s; tests
 * set another). Requests that an admission webhook refused too early are sent again for at most 30 s.
 */
export const sendWithRetries = async <T>(
  send: () => Promise<T>,
  { health, resend, limits = defaultLimits }: { health: Health; resend: Resend<T>; limits?: RetryLimits },
): Promise<T> => {
  const { signal } = health;
  const since = performance.now();
  let firstEarly: number | undefined;
  let isDoubtful = false;
  for (let attempt = 0; ; attempt += 1) {
    let error: unknown;
    try {
      const result = await send();
      health.ended();
      return result;
    } catch (thrown) {
      error = thrown;
    }
    const found = health.ended(error) ?? notYet(error, health);
    if (found === undefined) {
      const settled = isDoubtful && error instanceof ApiError ? await resend.settle?.(error) : undefined;
      if (settled === undefined) throw error;
      return settled.result;
    }
    isDoubtful ||= found === 'unknown';
    const wanted = error instanceof ApiError ? error.retryAfter : undefined;
    const pause = Math.max(wanted ?? 0, Math.min(limits.first * 2 ** attempt, limits.longest));
    if (found === 'early') firstEarly ??= performance.now();
    const deadline = found === 'early' ? (firstEarly ?? since) + earlyFor : since + limits.time;
    if ((found === 'unknown' && !resend.isSafe) || performance.now() + pause > deadline) throw error;
    await sleep(pause, undefined, { signal }).catch(() => {});
    if (signal.aborted) throw error;
    health.resent();
  }
};

// A new API server has not read the roles yet. A refused request had no effect.
const notYet = (error: unknown, { isFresh }: Health): ApiOutage | undefined =>
  isFresh && error instanceof ApiError && [401, 403].includes(error.status) ? 'later' : undefined;

/**
 * Wraps `request` so that `health` records how each request ends. It does not repeat requests: watches and logs have
 * their own way to continue.
 */
export const watchedRequest =
  (request: SendRequest, health: Health | undefined): SendRequest =>
  async (...what) => {
    if (health === undefined) return request(...what);
    try {
      const response = await request(...what);
      const { status } = response;
      health.ended(
        [502, 503, 504].includes(status)
          ? new ApiError(`${what[0]}: ${status}`, { status, reason: '' })
          : undefined,
      );
      return response;
    } catch (error) {
      health.ended(error);
      throw error;
    }
  };

/**
 * Wraps `exec` so that a command is started again if the API server was not available to start it. A command that
 * started is never started again.
 */
export const execWithRetries =
  <Command extends unknown[]>(
    exec: (...command: Command) => Promise<ExecResult>,
    health: Health | undefined,
  ): typeof exec =>
  (...command) =>
    health === undefined
      ? exec(...command)
      : sendWithRetries(() => exec(...command), { health, resend: { isSafe: false } });

/** For requests that only read. */
export const resendRead: Resend<string> = { isSafe: true };

/**
 * For a merge patch or an apply: it sets the same values when it is sent twice, unless it requires a resourceVersion.
 */
export const resendPatch = (body: object): Resend<string> => ({
  isSafe: (body as Partial<KubernetesObject>).metadata?.resourceVersion === undefined,
});

/** For a deletion: if the object is gone, or the name belongs to another object, an earlier attempt deleted it. */
export const resendDeletion: Resend<string> = {
  isSafe: true,
  settle: async ({ status }) => ([404, 409].includes(status) ? { result: '{}' } : undefined),
};

/**
 * For a creation with a name. If the object already exists with all labels that were sent, an earlier attempt created
 * it. Without labels it could be the object of another client. Without a name it would be created twice.
 */
export const resendCreation = (object: object, read: (name: string) => Promise<string>): Resend<string> => {
  const { name, labels = {} } = (object as Partial<KubernetesObject>).metadata ?? {};
  return {
    isSafe: name !== undefined,
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
