import { runReplayCommand } from '../e2e/command/replay.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

// Whoever reads the output may have read enough, as `head` does.
process.stdout.on('error', () => process.exit());
process.exitCode = await runReplayCommand(process.argv.slice(2));
