import type { CDPSession, Page } from 'playwright';

/**
 * How long frames took, in ms; `busy` is what the page's own thread worked for each, which does not depend on
 * who else is on the machine.
 */
export type Frames = {
  count: number;
  busy: number;
  median: number;
  p95: number;
  max: number;
  longTasks: number;
};

/** Makes ready to read how long the thread of a page was at work. */
export const openMetrics = async (page: Page): Promise<CDPSession> => {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
};

/** How long the thread of a page has been at work, in ms. */
export const busyTime = async (session: CDPSession): Promise<number> => {
  const { metrics } = await session.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
};

/**
 * Starts to note the time of each frame of a page, and each task that kept it from answering (50 ms and
 * more).
 */
export const startNoting = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const noted: { frames: number[]; tasks: number[]; on: boolean } = { frames: [], tasks: [], on: true };
    Object.assign(window, { noted });
    new PerformanceObserver((list) =>
      noted.tasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({
      entryTypes: ['longtask'],
    });
    let last = performance.now();
    const next = () => {
      const now = performance.now();
      noted.frames.push(now - last);
      last = now;
      if (noted.on) requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  });

/** Ends the noting and says what came of it. */
export const stopNoting = async (page: Page): Promise<Omit<Frames, 'busy'>> => {
  const { frames, tasks } = await page.evaluate(() => {
    const { noted } = window as unknown as { noted: { frames: number[]; tasks: number[]; on: boolean } };
    noted.on = false;
    return noted;
  });
  const sorted = frames.slice(1).toSorted((one, other) => one - other);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { count: sorted.length, median: at(0.5), p95: at(0.95), max: at(1), longTasks: tasks.length };
};
