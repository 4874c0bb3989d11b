const literally = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);

/**
 * Returns the pattern of the sentences that a step prints. Each `{name}` of the declared sentence matches any
 * text.
 */
export const sentencePattern = (sentence: string): RegExp =>
  new RegExp(
    `^${sentence
      .split(/\{\w+\}/)
      .map(literally)
      .join('.*')}$`,
    's',
  );
