import { mkdir } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { pagePath, readReport, reportPath } from '../file.ts';
import { writeAtomically } from '../write-atomically.ts';
import { addRun } from './history-file.ts';
import { makeRunOfFile, type RunOfPage } from './page-run.ts';

/** Writes a page to a file, completely or not at all. */
export const writePageOf = async (file: string, runs: readonly RunOfPage[]): Promise<void> => {
  // Loaded here, because the bundler is slow to load and only needed at the end of a run.
  const { buildPage } = await import('./build-page.ts');
  await mkdir(dirname(file), { recursive: true });
  const placed = runs.map(({ folder, run, ...rest }) => ({
    ...rest,
    run: folder === undefined ? run : { ...run, results: relative(dirname(resolve(file)), folder) },
  }));
  await writeAtomically(file, await buildPage(placed));
};

const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await work();
  } catch (error) {
    process.stderr.write(`${what}: ${(error as Error).message.replace(/\s*\n\s*/g, ' ')}\n`);
    return undefined;
  }
};

/**
 * Writes report.html beside the report.json of a run, and adds the run to the history of runs, except if it is
 * `merged`. An error of either does not change the verdict: it is printed as one line on stderr. Returns the path of
 * the page, if it was written.
 */
export const writePage = async (
  out: string,
  { merged = false }: { merged?: boolean } = {},
): Promise<string | undefined> => {
  const page = await attempt('report.html could not be written', async () => {
    const report = await readReport(out);
    if (report === undefined) return undefined;
    await writePageOf(pagePath(out), [await makeRunOfFile(report, relative('', reportPath(out)))]);
    return pagePath(out);
  });
  if (merged) return page;
  await attempt('the run could not be added to the last runs', async () => {
    const report = await readReport(out);
    // A run in which all scenarios were skipped is useless for comparisons.
    if (report?.scenarios.some(({ state }) => state !== 'skipped')) await addRun(out, report);
  });
  return page;
};
