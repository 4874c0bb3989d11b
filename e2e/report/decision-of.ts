/** The deciding line of a reason: the first line, joined with the "Got:" line if that follows. */
export const decisionOf = (reason: string): string => {
  const [first = '', second = ''] = reason.split('\n');
  return /^\s*Got: /.test(second) ? `${first}; ${second.replaceAll(/\s+/g, ' ').trim()}` : first;
};
