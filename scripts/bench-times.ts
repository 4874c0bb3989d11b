import { benchTimes } from '../bench/times/run.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';

guardOutput();

process.exitCode = await benchTimes(process.argv.slice(2));
