import { readFileSync } from 'node:fs';

const script = readFileSync(new URL('./held-process.bash', import.meta.url), 'utf8');

/** How long a hold may last, in seconds. */
export type HoldBounds = { search: number; hold: number };

/**
 * The command that waits for the process which deletes a backup and stops it.
 * It says `watching`, then `stopped PID...` or `not found...`, then `released...`, a line each.
 */
export const holdCommand = ({ token, backup, bounds }: { token: string; backup: string; bounds: HoldBounds }): string[] => [
  'bash',
  '-c',
  script,
  'corral-hold',
  'hold',
  token,
  backup,
  String(bounds.search),
  String(bounds.hold),
];

/** The command that lets the process go, and ends the command above if it still runs. */
export const releaseCommand = ({ token, backup }: { token: string; backup: string }): string[] => [
  'bash',
  '-c',
  script,
  'corral-hold',
  'release',
  token,
  backup,
];

/** The command that prints the state letter of each process, `T` for a stopped one, `-` for one that is gone. */
export const stateCommand = (pids: string[]): string[] => ['bash', '-c', script, 'corral-hold', 'state', ...pids];
