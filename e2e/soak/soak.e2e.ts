import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { scenario } from '../suite/scenario.ts';
import {
  randomActions,
  readPlanOfSoak,
  type SoakAction,
  soakFiles,
  soakFolder,
  soakName,
} from './actions.ts';
import { openSoak } from './open-soak.ts';
import { reduceActions } from './reduce.ts';

const files = soakFiles(process.env[soakFolder] ?? '');
const { seed, time, reduction, replay } = readPlanOfSoak(readFileSync(files.plan, 'utf8'));

const about = {
  timeout: '48h',
  needs: ['block-device', 'immutableFile', 'foreignLock', 'fileMissing', 'serverSlow'],
  exclusive: ['longhorn-managers'],
  disruptions: ['manager-kill', 'process-hold', 'store-stall'],
} as const;

scenario(soakName(seed), about, async (steps) => {
  await steps.given.exclusive('longhorn-managers');
  const runActions = openSoak(steps);
  let run = 0;
  /** Runs actions. If the run fails, returns the error and the actions that were started; otherwise undefined. */
  const fail = async (actions: readonly SoakAction[]) => {
    run += 1;
    appendFileSync(files.runs, `${JSON.stringify({ run, actions })}\n`);
    let started = 0;
    try {
      await runActions(actions, () => {
        started += 1;
      });
      return undefined;
    } catch (error) {
      return { error, actions: actions.slice(0, started) };
    }
  };
  if (replay !== undefined) return runActions(replay.actions);
  const from = Date.now();
  for (let round = 0; round === 0 || Date.now() < from + time; round += 1) {
    const [actions = []] = fc.sample(randomActions, { seed: seed + round, numRuns: 1 });
    const failed = await fail(actions);
    if (failed === undefined) continue;
    // An interruption is no failure of these actions.
    if (steps.isOver()) throw failed.error;
    const found = Date.now() - from;
    const left = await reduceActions(failed.actions, async (fewer) => {
      if (Date.now() >= from + time + reduction) return undefined;
      const again = await fail(fewer);
      return steps.isOver() ? undefined : again !== undefined;
    });
    writeFileSync(files.reduced, `${JSON.stringify({ run, actions: left, found })}\n`);
    throw failed.error;
  }
});
