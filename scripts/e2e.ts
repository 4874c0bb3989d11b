import { fileURLToPath } from 'node:url';
import { runCommand } from '../e2e/cli/run-command.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { goOnWithoutReader } from '../e2e/report/without-reader.ts';
import { providers } from '../providers/index.ts';

guardOutput();
goOnWithoutReader();

const config = fileURLToPath(new URL('../vitest.config.ts', import.meta.url));
process.exit(await runCommand({ argv: process.argv.slice(2), providers, config }));
