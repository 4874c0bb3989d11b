import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** As `nice` has it: where all are busy, a session of this niceness gets a third of what one of 0 gets. */
const NICENESS = '5';

/** An ordinary user may change the niceness of one session each 100 ms. */
const PAUSE_MS = 110;

/**
 * Lets the other sessions of this machine go first where processors are short. `pid` leads a session of its own: a kernel with autogroups shares
 * processors out among sessions, and only within one by the niceness of its processes.
 */
export const yieldToOthers = async (pid: number): Promise<void> => {
  const file = `/proc/${pid}/autogroup`;
  while (existsSync(file)) {
    const refused = await writeFile(file, NICENESS).catch((error: NodeJS.ErrnoException) => error.code);
    if (refused !== 'EAGAIN') return;
    await delay(PAUSE_MS);
  }
};
