/** Runs a long piece of work as one step that is shown with its title and its time. */
export type Step = <T>(title: string, work: (update: (detail: string) => void) => Promise<T>) => Promise<T>;
