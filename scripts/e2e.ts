import { fileURLToPath } from 'node:url';
import { runCommand } from '../e2e/command/run-command.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';
import { providers } from '../providers/index.ts';

guardOutput();

const config = fileURLToPath(new URL('../vitest.config.ts', import.meta.url));
process.exit(await runCommand({ argv: process.argv.slice(2), providers, config }));
