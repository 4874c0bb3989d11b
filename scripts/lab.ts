import { refuseLostFlags } from '../e2e/cli/arguments/flags.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { goOnWithoutReader } from '../e2e/report/without-reader.ts';
import { runLabCommand } from '../lab/command/run.ts';
import { createProgress } from '../providers/progress.ts';

guardOutput();
goOnWithoutReader();

const { step } = createProgress();
process.exitCode = await runLabCommand(process.argv.slice(2), { step, check: refuseLostFlags });
