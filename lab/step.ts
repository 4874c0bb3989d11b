import { AsyncLocalStorage } from 'node:async_hooks';

/** Runs a long piece of work as one step that is shown with its title and its time. */
export type Step = <T>(title: string, work: (update: (detail: string) => void) => Promise<T>) => Promise<T>;

const updates = new AsyncLocalStorage<(detail: string) => void>();

/** Does work whose builds tell how far they are, however deep in it they are: a part may be built for another. */
export const telling = <T>(update: (detail: string) => void, work: () => Promise<T>): Promise<T> =>
  updates.run(update, work);

/** Tells how far a build is, where somebody listens: what is done, and how much there is. */
export const tellDetail = (detail: string): void => updates.getStore()?.(detail);
