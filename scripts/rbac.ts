import { runRbacCommand } from '../e2e/command/rbac.ts';
import { guardOutput } from '../e2e/observe/redact/guard-output.ts';

guardOutput();

process.exitCode = runRbacCommand(process.argv.slice(2));
