import type { Backup } from '../../../emulator/longhorn/objects.ts';

/** A backup's state and messages; no messages and empty ones are the same. */
export const describeState = ({ status }: Pick<Backup, 'status'>): string => {
  const messages =
    Object.keys(status?.messages ?? {}).length > 0 ? ` ${JSON.stringify(status?.messages)}` : '';
  return `${status?.state || 'new'}${messages}`;
};

export const collapse = (states: string[]): string[] =>
  states.filter((state, index) => state !== states[index - 1]);
