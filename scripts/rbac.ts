import { runRbacCommand } from '../e2e/cli/rbac.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';

guardOutput();
endWithoutReader();

process.exitCode = runRbacCommand(process.argv.slice(2));
