/** Time in ms for work after the user has interrupted: enough for a server that responds. */
const GRACE_MS = 15_000;

/**
 * Waits for work, but only briefly after the signal has aborted: requests to a server that is away may be
 * repeated for long.
 */
export const withGracePeriod = async <T>(
  work: Promise<T>,
  signal: AbortSignal,
  grace = GRACE_MS,
): Promise<T> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const startGracePeriod = (): void => {
    timer = setTimeout(() => reject(new Error(`it was not read within ${grace / 1000} s`)), grace);
  };
  if (signal.aborted) startGracePeriod();
  signal.addEventListener('abort', startGracePeriod, { once: true });
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', startGracePeriod);
  });
};
