import { fileURLToPath } from 'node:url';
import { runMutantsCommand } from '../bench/mutants/command.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';
import { createProgress } from '../providers/progress.ts';

guardOutput();

const config = fileURLToPath(new URL('../vitest.config.ts', import.meta.url));
process.exit(await runMutantsCommand({ argv: process.argv.slice(2), config, progress: createProgress() }));
