#!/usr/bin/env node
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { goOnWithoutReader } from '../e2e/report/without-reader.ts';
import { runCorral } from './commands.ts';

guardOutput();
goOnWithoutReader();

process.exit(await runCorral(process.argv.slice(2)));
