import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';
import { runDoctorCommand } from '../providers/doctor/command.ts';

guardOutput();
endWithoutReader();

process.exitCode = await runDoctorCommand(process.argv.slice(2));
