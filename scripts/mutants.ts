import { fileURLToPath } from 'node:url';
import { runMutantsCommand } from '../bench/mutants/command.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { goOnWithoutReader } from '../e2e/report/without-reader.ts';
import { createProgress } from '../providers/progress.ts';

guardOutput();
goOnWithoutReader();

const config = fileURLToPath(new URL('../vitest.config.ts', import.meta.url));
process.exit(await runMutantsCommand({ argv: process.argv.slice(2), config, progress: createProgress() }));
