/** Every tag that a scenario may carry; vitest refuses one that is not declared here. */
export const tags = [
  { name: 'backup-deletion', description: 'backups deleted while others are made' },
  { name: 'free-running', description: 'nothing holds a moment open: the scenario takes what the cluster gives' },
  { name: 'held', description: 'a fault holds the moment open that the scenario is about' },
];
