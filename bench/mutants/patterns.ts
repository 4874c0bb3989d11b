/**
 * Returns the pattern of the sentences that a step prints. Each `{name}` of the declared sentence matches any
 * text.
 */
export const sentencePattern = (sentence: string): RegExp =>
  new RegExp(
    `^${sentence
      .split(/\{\w+\}/)
      .map(RegExp.escape)
      .join('.*')}$`,
    's',
  );
