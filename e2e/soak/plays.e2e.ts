import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { scenario } from '../suite/scenario.ts';
import { readPlanOfSoak, type SoakAction, soakFiles, soakFolder, someActions } from './actions.ts';
import { playActions } from './play.ts';

const files = soakFiles(process.env[soakFolder] ?? '');
const { seed, time, replay } = readPlanOfSoak(readFileSync(files.plan, 'utf8'));

// How long a failure may be reduced when the soak's own time is over.
const reduction = 20 * 60_000;

const about = {
  timeout: '48h',
  needs: ['block-device', 'immutableFile'],
  exclusive: ['longhorn-managers'],
  disruptions: ['manager-kill'],
} as const;

scenario(`soak | seed ${seed}`, about, async (steps) => {
  await steps.given.exclusive('longhorn-managers');
  let run = 0;
  const play = async (actions: SoakAction[]): Promise<void> => {
    run += 1;
    appendFileSync(files.runs, `${JSON.stringify({ run, actions })}\n`);
    await playActions(steps, actions);
  };
  if (replay !== undefined) return play(replay.actions);
  const until = Date.now() + time;
  for (let round = 0; round === 0 || Date.now() < until; round += 1) {
    const result = await fc.check(fc.asyncProperty(someActions, play), {
      ...{ seed: seed + round, numRuns: 1, skipAllAfterTimeLimit: until - Date.now() + reduction },
    });
    if (result.counterexample === null) continue;
    const [actions] = result.counterexample;
    writeFileSync(files.reduced, `${JSON.stringify({ run, actions })}\n`);
    throw result.errorInstance;
  }
});
