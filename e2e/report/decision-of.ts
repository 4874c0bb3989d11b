/**
 * What decided, out of a whole reason, in one line: its first line, with what was got where that says what was
 * expected.
 */
export const decisionOf = (reason: string): string => {
  const [first = '', second = ''] = reason.split('\n');
  return /^\s*Got: /.test(second) ? `${first}; ${second.replaceAll(/\s+/g, ' ').trim()}` : first;
};
