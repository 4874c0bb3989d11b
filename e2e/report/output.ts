/**
 * How a run is printed. `quiet`: scenarios and their steps; if the output is no terminal, only the steps of failed
 * scenarios. `verbose`: also each awaited state, each fault and the start of each step. `json`: one event per line,
 * for programs.
 */
export const outputs = ['quiet', 'verbose', 'json'] as const;

export type Output = (typeof outputs)[number];

/** The stream for people: stderr if stdout is for programs. */
export const streamFor = (output: Output): NodeJS.WriteStream =>
  output === 'json' ? process.stderr : process.stdout;
