import { guardOutput } from '../e2e/observe/redact/guard-output.ts';
import { runDoctorCommand } from '../providers/doctor/command.ts';

guardOutput();

process.exitCode = await runDoctorCommand(process.argv.slice(2));
