import { newCommand, parseFlags, toExitCode } from './command.ts';
import { type ExitCode, exitCode } from './exit-code.ts';

/** `npx corral emulator pack`: `pack` writes the release and returns its folder. Returns the exit code. */
export const runEmulatorPackCommand = (
  argv: readonly string[],
  { pack }: { pack: (folder: string) => Promise<string> },
): Promise<ExitCode> =>
  toExitCode('emulator pack', async () => {
    const about = 'Writes a release of the emulator, for --longhorn archive:DIR.';
    const command = newCommand('emulator pack', about).argument('<dir>', 'a new folder, or an empty one');
    parseFlags(command, argv);
    const [folder = ''] = command.args;
    process.stdout.write(`npx corral e2e --longhorn archive:${await pack(folder)}\n`);
    return exitCode.passed;
  });
