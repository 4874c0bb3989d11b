import { runLabCommand } from '../lab/command/run.ts';
import { createProgress } from '../providers/progress.ts';

const { step } = createProgress();
process.exitCode = await runLabCommand(process.argv.slice(2), step);
