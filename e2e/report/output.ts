/**
 * How a run is printed: `quiet` (scenarios and their steps; where the output is no terminal, the steps only of what
 * fails), `verbose` (all steps, each state that is awaited, each fault and each beginning of a step), or `json`
 * (an event a line, for programs).
 */
export const outputs = ['quiet', 'verbose', 'json'] as const;

export type Output = (typeof outputs)[number];

/** Where lines for people go: beside stdout, when that is for programs. */
export const streamFor = (output: Output): NodeJS.WriteStream =>
  output === 'json' ? process.stderr : process.stdout;
