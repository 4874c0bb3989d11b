import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { NotFit } from '../e2e/machine/not-fit.ts';
import { packEmulator } from '../providers/emulator-pack.ts';
import { createProgress } from '../providers/progress.ts';

guardOutput();

const [folder, ...more] = process.argv.slice(2);
const fail = (code: number, text: string): void => {
  process.stderr.write(`emulator:pack: ${text}\n`);
  process.exitCode = code;
};

if (folder === undefined || folder === '' || folder.startsWith('-') || more.length > 0)
  fail(
    2,
    'name one folder, which is to become a release of the emulator for --longhorn archive:DIR: npm run emulator:pack -- DIR',
  );
else
  try {
    const dir = await packEmulator(folder, createProgress());
    process.stdout.write(`npm run e2e -- --longhorn archive:${dir}\n`);
  } catch (error) {
    if (!(error instanceof NotFit)) throw error;
    fail(3, error.message);
  }
