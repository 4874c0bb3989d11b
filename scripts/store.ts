import { runStoreCommand } from '../e2e/command/store/run.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

// Whoever reads the output may have read enough, as `head` does.
process.stdout.on('error', () => process.exit());
process.exitCode = await runStoreCommand(process.argv.slice(2));
