const literally = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);

/**
 * The pattern of the sentences that a step tells, from the sentence as the source has it: `…` stands for what
 * a run fills in.
 */
export const sentencePattern = (told: string): RegExp =>
  new RegExp(`^${told.split('…').map(literally).join('.*')}$`, 's');

/** The pattern, for vitest, of scenarios with these names and no other. */
export const namesPattern = (names: readonly string[]): string => `^(${names.map(literally).join('|')})$`;
