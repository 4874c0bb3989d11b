import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs work as one step, which is displayed with its title and its time. */
export type StepRunner = <T>(
  title: string,
  work: (update: (detail: string) => void) => Promise<T>,
) => Promise<T>;

const updates = new AsyncLocalStorage<(detail: string) => void>();

/**
 * Runs work whose builds report their progress to `update`, including builds of artifacts that other artifacts need.
 */
export const withProgress = <T>(update: (detail: string) => void, work: () => Promise<T>): Promise<T> =>
  updates.run(update, work);

/** Reports the progress of a build, if there is a listener: what is done, and the total. */
export const reportProgress = (detail: string): void => updates.getStore()?.(detail);

const inMiB = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

/** Formats progress in MiB, and another count: "412 of 1730 MiB, 5 of 11 images". */
export const describeBytes = ({ done, all }: { done: number; all: number }, counted?: string): string =>
  [`${inMiB(done)} of ${inMiB(all)} MiB`, ...(counted === undefined ? [] : [counted])].join(', ');
