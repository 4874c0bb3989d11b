import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { scenario } from '../suite/scenario.ts';
import { readPlanOfSoak, type SoakAction, soakFiles, soakFolder, soakName } from './actions.ts';
import { openSoak } from './open-soak.ts';
import { type FailedRun, searchFailure } from './search.ts';

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
  if (replay !== undefined) return runActions(replay.actions);
  let run = 0;
  const attempt = async (actions: readonly SoakAction[]): Promise<FailedRun | undefined> => {
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
  const failed = await searchFailure({
    ...{ seed, time, reduction, attempt },
    isOver: steps.isOver,
    onNotProvable: (error) => steps.note(`run ${run} is not provable: ${(error as Error).message}`),
  });
  if (failed === undefined) return;
  const { error, actions, found } = failed;
  writeFileSync(files.reduced, `${JSON.stringify({ run, actions, found })}\n`);
  throw error;
});
