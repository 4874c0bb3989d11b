import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs a long piece of work as one step that is shown with its title and its time. */
export type StepRunner = <T>(
  title: string,
  work: (update: (detail: string) => void) => Promise<T>,
) => Promise<T>;

const updates = new AsyncLocalStorage<(detail: string) => void>();

/** Does work whose builds report how far they are, however deep in it they are: a part may be built for another. */
export const withProgress = <T>(update: (detail: string) => void, work: () => Promise<T>): Promise<T> =>
  updates.run(update, work);

/** Reports how far a build is, where somebody listens: what is done, and how much there is. */
export const tellDetail = (detail: string): void => updates.getStore()?.(detail);

const inMiB = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

/** Says how much of how much is done, in MiB, and what else is counted: "412 of 1730 MiB, 5 of 11 images". */
export const describeBytes = ({ done, all }: { done: number; all: number }, counted?: string): string =>
  [`${inMiB(done)} of ${inMiB(all)} MiB`, ...(counted === undefined ? [] : [counted])].join(', ');
