/** Something done at once, and then again at most once a period however often it is asked for. */
export type Paced = { request(): void; stop(): void };

/** Paces work by a period in milliseconds; 0 is no period. */
export const createPaced = (period: number, work: () => void): Paced => {
  let timer: NodeJS.Timeout | undefined;
  let isWanted = false;
  const run = (): void => {
    timer = undefined;
    if (!isWanted) return;
    isWanted = false;
    timer = setTimeout(run, period);
    work();
  };
  return {
    request: () => {
      isWanted = true;
      if (timer === undefined) run();
    },
    stop: () => {
      isWanted = false;
      clearTimeout(timer);
    },
  };
};
