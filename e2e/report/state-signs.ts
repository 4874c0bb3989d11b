/** The sign of each state of a scenario, in texts. */
export const stateSigns = {
  passed: '✓',
  'known-bug': '!',
  failed: '✗',
  'not-provable': '?',
  skipped: '-',
} as const;
