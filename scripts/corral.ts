import { dirname } from 'node:path';
import { exitCode } from '../e2e/cli/exit-code.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { ignoreClosedPipe, isOutputLost } from '../e2e/report/closed-pipe.ts';
import { runCorral } from './commands.ts';

guardOutput();
ignoreClosedPipe();

// npm starts a script in the project's folder. INIT_CWD is the caller's folder: relative paths refer to it.
const { npm_package_json: manifest, INIT_CWD: calledIn } = process.env;
if (calledIn && manifest && dirname(manifest) === process.cwd()) process.chdir(calledIn);

const code = await runCorral(process.argv.slice(2));
// What a slow reader of a pipe has not taken yet is lost with the process. An error of the output comes after the callbacks.
const exit = () => setImmediate(() => process.exit(isOutputLost() ? exitCode.notFit : code));
process.stdout.write('', () => process.stderr.write('', exit));
