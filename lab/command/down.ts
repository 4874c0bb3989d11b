import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { labDir } from '../run/settings.ts';
import { labState } from '../run/state.ts';

/** How long a lab may take to go; the command owns this time-out, and the lab's host ends what hangs after 5 s. */
const TIMEOUT_MS = 15_000;

/** Takes the lab of that name down and resolves when nothing of it is left; says whether there was one. */
export const down = async (name: string): Promise<boolean> => {
  const state = await labState(name);
  const dir = labDir(name);
  if (state === undefined) {
    const leftover = existsSync(dir);
    await rm(dir, { recursive: true, force: true });
    return leftover;
  }
  process.kill(state.pid, 'SIGTERM');
  const end = Date.now() + TIMEOUT_MS;
  // Another session's process cannot be waited for: its end is looked for.
  while (existsSync(`/proc/${state.pid}`)) {
    if (Date.now() > end) throw new Error(`the lab ${name} (process ${state.pid}) did not go down in ${TIMEOUT_MS / 1000} s`);
    await delay(50);
  }
  return true;
};
