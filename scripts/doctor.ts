import { runDoctorCommand } from '../e2e/cli/doctor.ts';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { endWithoutReader } from '../e2e/report/without-reader.ts';
import { diagnose, tell } from '../providers/doctor/diagnose.ts';
import { providers } from '../providers/index.ts';

guardOutput();
endWithoutReader();

process.exitCode = await runDoctorCommand(process.argv.slice(2), {
  providers: Object.keys(providers),
  diagnose,
  tell,
});
