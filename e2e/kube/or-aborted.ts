/** Waits for work, unless the signal has aborted or aborts first: then it rejects with the signal's reason. */
export const orAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  return Promise.race([aborted, work]).finally(() => signal.removeEventListener('abort', abort));
};
