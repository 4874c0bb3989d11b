import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { reportSchema } from '../e2e/report/schema.ts';

// Adds up the own tests and the scenarios in one plain line, for a CI that reads the last one. A result that is missing is a failure.

const [testsFile = '', reportFile = ''] = process.argv.slice(2);
const testsSchema = z.object({ numPassedTests: z.number(), numFailedTests: z.number(), numFailedTestSuites: z.number() });

const read = <T>(file: string, schema: z.ZodType<T>): T | undefined => {
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    console.error(`ci-total: ${file}: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
};

const tests = read(testsFile, testsSchema);
const report = read(reportFile, reportSchema);
const passed = (tests?.numPassedTests ?? 0) + (report?.totals.passed ?? 0);
const unread = Number(tests === undefined) + Number(report === undefined);
const failed = (tests?.numFailedTests ?? 0) + (report === undefined ? 0 : report.totals.failed + report.totals.notProvable) + unread;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
