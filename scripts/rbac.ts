import { runRbacCommand } from '../e2e/command/rbac.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
endWithoutReader();

process.exitCode = runRbacCommand(process.argv.slice(2));
