const literally = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);

/**
 * The pattern of the sentences that a step prints, from the one that it declares: what is in braces a run fills
 * in.
 */
export const sentencePattern = (sentence: string): RegExp =>
  new RegExp(
    `^${sentence
      .split(/\{\w+\}/)
      .map(literally)
      .join('.*')}$`,
    's',
  );

/** The pattern, for vitest, of scenarios with these names and no other. */
export const namesPattern = (names: readonly string[]): string => `^(${names.map(literally).join('|')})$`;
