import { appendFileSync } from 'node:fs';
import { scenario } from '../suite/scenario.ts';
import { kills } from '../suite/steps/writes/disturbances.ts';
import type { Followed, FollowedWrites } from '../suite/steps/writes/follow.ts';
import { crashCellName, learningNameOf, matrixFiles, matrixFolder, readPlan, runsToLearn } from './cells.ts';
import { crashOperations, standbyOperations } from './operations.ts';

const folder = process.env[matrixFolder] ?? '';
const plan = readPlan(folder);

const about = { timeout: '20m', needs: ['lab', 'block-device', 'fileMissing'] } as const;

if (plan === undefined)
  for (const [name, operation] of Object.entries(crashOperations))
    for (let run = 1; run <= runsToLearn; run += 1)
      scenario(learningNameOf(name, run), about, async (steps) => {
        let followed: FollowedWrites | undefined;
        const follow = async (of: Followed) => {
          followed = await steps.given.writesFollowed(of);
        };
        const judge = await operation(steps, { follow, cell: undefined });
        await followed?.end();
        await judge();
        if (followed !== undefined) await steps.then.knownAsStored(followed.volume);
        const learned = { operation: name, writes: followed?.writes ?? [] };
        appendFileSync(matrixFiles(folder).learned, `${JSON.stringify(learned)}\n`);
      });

for (const cell of plan?.cells ?? []) {
  const isKill = kills(cell.disturbance);
  const exclusive = isKill ? (['longhorn-managers'] as const) : [];
  const disruptions = isKill ? (['manager-kill'] as const) : [];
  scenario(crashCellName(cell), { ...about, exclusive, disruptions }, async (steps) => {
    const { given, when, then, skip } = steps;
    if (plan?.until != null && Date.now() > plan.until) skip('the time that --for allows is over');
    // Other scenarios may run until the kill. With a standby volume, exclusive use must start earlier.
    const isAloneForKill = isKill && !standbyOperations.has(cell.operation);
    if (isKill && !isAloneForKill) await given.exclusive(...exclusive);
    let followed: FollowedWrites | undefined;
    const follow = async (of: Followed) => {
      if (isAloneForKill) await given.exclusive(...exclusive);
      followed = await given.writeDisturbed(of, cell);
    };
    const judge = await crashOperations[cell.operation]?.(steps, { follow, cell });
    await followed?.end();
    // The judgement restores backups, which the kill of another cell would break.
    if (isAloneForKill) await when.shared();
    await judge?.();
    if (followed === undefined) return;
    await then.knownAsStored(followed.volume);
    await then.disturbed(followed);
  });
}
