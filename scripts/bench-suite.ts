import { benchSuite } from '../bench/suite/run.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';

guardOutput();

// Flags are those of `npm run e2e`.

process.stdout.write(`\n${await benchSuite(process.argv.slice(2))}`);
