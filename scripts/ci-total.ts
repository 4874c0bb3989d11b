import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { z } from 'zod';
import { guardOutput } from '../e2e/kube/redact/guard-output.ts';
import { ledgerContradictions } from '../e2e/report/judged.ts';
import { reportSchema } from '../e2e/report/schema.ts';

guardOutput();

// Sums the self tests (any number of vitest's JSON files) and the scenarios (the last file, report.json) in
// one line, for a CI that reads the last line. A missing result counts as a failure.

const testsFiles = process.argv.slice(2, -1);
const reportFile = process.argv.at(-1) ?? '';
const testSchema = z.object({
  fullName: z.string(),
  status: z.string(),
  failureMessages: z.array(z.string()).optional(),
});
const testsSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  testResults: z.array(z.object({ name: z.string(), assertionResults: z.array(testSchema) })),
});

const read = <T>(file: string, schema: z.ZodType<T>): T | undefined => {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    console.error(`ci-total: ${file}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
};

// Printed here again, because a reader may only get the end of the CI output.
const printFailed = ({ testResults }: z.infer<typeof testsSchema>): void => {
  for (const { name, assertionResults } of testResults)
    for (const { fullName, failureMessages = [] } of assertionResults.filter(
      ({ status }) => status === 'failed',
    ))
      console.log(
        `! ${relative('.', name)}: ${fullName}\n${failureMessages.join('\n').split('\n').slice(0, 30).join('\n')}`,
      );
};

const ofTests = testsFiles.map((file) => {
  const tests = read(file, testsSchema);
  if (tests !== undefined) printFailed(tests);
  return tests === undefined
    ? { passed: 0, failed: 1 }
    : { passed: tests.numPassedTests, failed: tests.numFailedTests };
});
const report = read(reportFile, reportSchema);
for (const { name, state, reason, failure } of report?.scenarios ?? [])
  if (state === 'failed' || state === 'not-provable')
    console.log(
      `! ${name}: ${state}${failure?.step ? `, at: ${failure.step}` : ''}\n${(reason ?? '').split('\n').slice(0, 60).join('\n')}`,
    );
// The emulator's bugs are known. Each bug must show, or not show, as the ledger has it for that version;
// otherwise the ledger is wrong.
const otherwise = (report?.scenarios ?? []).flatMap(ledgerContradictions);
for (const line of otherwise) console.log(`! ${line}`);
// A cluster that differs from before the run counts as a failure, and so does a failed comparison.
const changed = report?.differences === null ? 1 : (report?.differences?.length ?? 0);
const ofReport =
  report === undefined
    ? { passed: 0, failed: 1 }
    : {
        passed: report.totals.passed + report.totals.knownBugs,
        failed: report.totals.failed + report.totals.notProvable + changed + otherwise.length,
      };
const sum = (key: 'passed' | 'failed'): number =>
  [...ofTests, ofReport].reduce((all, each) => all + each[key], 0);
const [passed, failed] = [sum('passed'), sum('failed')];
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
