import { guardOutput } from '../e2e/observe/redact/guard-output.ts';
import { runLabCommand } from '../lab/command/run.ts';
import { createProgress } from '../providers/progress.ts';

guardOutput();

const { step } = createProgress();
process.exitCode = await runLabCommand(process.argv.slice(2), step);
