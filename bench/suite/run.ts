import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitCode } from '../../e2e/cli/exit-code.ts';
import { goals } from '../../e2e/machine/times.ts';
import { readReport } from '../../e2e/report/file.ts';
import { suiteTables } from './tables.ts';

const command = fileURLToPath(new URL('../../scripts/corral.ts', import.meta.url));

/**
 * Runs `npm run e2e` once with these flags, and returns tables of where its time went. Throws if the run did
 * not reach its scenarios. The first run on a machine includes builds: measure the second one.
 */
export const benchSuite = async (flags: string[]): Promise<string> => {
  const out = await mkdtemp(join(tmpdir(), 'corral-bench-suite-'));
  try {
    const begun = Date.now();
    const child = spawn(process.execPath, [command, 'e2e', ...flags, '--out', out], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    // The child ends after its scenarios have cleaned up. A terminal sends Ctrl-C to the child as well.
    process.on('SIGINT', () => {});
    process.on('SIGTERM', (signal) => child.kill(signal));
    const [code] = (await once(child, 'exit')) as [number | null];
    const ended = Date.now();
    const report = await readReport(out);
    if (report === undefined || (code !== exitCode.passed && code !== exitCode.failed))
      throw new Error(`the run of the suite ended with exit code ${code}: see above`);
    const started = Date.parse(report.startedAt);
    const phases = {
      up: started - begun,
      scenarios: report.duration,
      down: ended - started - report.duration,
    };
    return suiteTables(report, phases, goals[flags.includes('--all') ? 'e2e-all' : 'e2e']);
  } finally {
    await rm(out, { recursive: true, force: true });
  }
};
