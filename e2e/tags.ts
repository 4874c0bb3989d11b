/** Every tag that a scenario may carry; vitest refuses one that is not declared here. */
export const tags = [
  { name: 'backup-deletion', description: 'backups deleted while others are made' },
  { name: 'free-running', description: 'nothing holds a moment open: the scenario takes what the cluster gives' },
  { name: 'at-once', description: 'two wishes are made in one breath, as the document has it' },
  { name: 'in-error', description: 'what happens while a deletion has failed and is not tried again yet' },
  { name: 'in-retry', description: 'what happens while a deletion that failed is tried again' },
  { name: 'manager-kill', description: 'kills longhorn-manager pods' },
  { name: 'held', description: 'a fault holds the moment open that the scenario is about' },
];
