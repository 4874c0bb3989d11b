import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseArguments } from '../e2e/cli/arguments/parse.ts';
import { parseMergeReports } from '../e2e/cli/merge-reports.ts';
import { newestRelease } from '../e2e/longhorn/supported.ts';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

const stepSchema = z.union([
  z.strictObject({
    run: z.string(),
    if: z.string().optional(),
    env: z.record(z.string(), z.string()).optional(),
    'timeout-minutes': z.int().positive().optional(),
  }),
  z.strictObject({ uses: z.string(), if: z.string().optional(), with: z.record(z.string(), z.unknown()) }),
]);

const workflowSchema = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    schedule: z.array(z.strictObject({ cron: z.string() })),
    workflow_dispatch: z.null(),
  }),
  permissions: z.strictObject({ contents: z.literal('read') }),
  concurrency: z.strictObject({ group: z.string() }),
  jobs: z.record(
    z.string(),
    z.strictObject({
      'runs-on': z.string(),
      'timeout-minutes': z.int().positive(),
      needs: z.string().optional(),
      if: z.string().optional(),
      strategy: z
        .strictObject({ 'fail-fast': z.literal(false), matrix: z.record(z.string(), z.array(z.string())) })
        .optional(),
      container: z.strictObject({ image: z.string(), options: z.string() }).optional(),
      steps: z.array(stepSchema),
    }),
  ),
});

const text = read('.github/workflows/longhorn.yml');
const workflow = workflowSchema.parse(parse(text));
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
const versions = workflow.jobs.play?.strategy?.matrix.longhorn ?? [];

/** The words behind `npm run NAME --`, with the version in its place; none of them has a blank in it. */
const flagsOf = (name: string, version = ''): string[] => {
  const [line] = steps
    .flatMap((step) => ('run' in step ? step.run.split('\n') : []))
    .filter((each) => each.includes(` ${name} -- `));
  const [words = ''] = (line?.split(' -- ')[1] ?? '').split('>>');
  return words.trim().replaceAll('"', '').replaceAll('$LONGHORN', version).split(/\s+/);
};

test('every npm script that it runs is there', () => {
  const named = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name = '']) => name);
  expect(named).toEqual(['e2e', 'merge-reports']);
  expect(Object.keys(JSON.parse(read('package.json')).scripts)).toEqual(expect.arrayContaining(named));
});

describe('what it is called with is known to', () => {
  test.each(versions)('e2e: %s', (version) => {
    expect(parseArguments(flagsOf('e2e', version), ['lab'])).toMatchObject({
      provider: 'lab',
      longhorn: `official:${version}`,
    });
  });

  test('merge-reports', () => {
    expect(parseMergeReports(flagsOf('merge-reports'))).toMatchObject({
      paths: ['reports'],
      flags: { table: true },
    });
  });
});

test('the matrix has one patch of each release from the oldest to the newest, and what comes next', () => {
  expect(versions.map((version) => version.replace(/\.\d+$/, ''))).toEqual([
    'v1.8',
    'v1.9',
    'v1.10',
    'v1.11',
    'v1.12',
    'master-head',
  ]);
  expect(versions).toContain(newestRelease);
});

test('every action is pinned by a commit, with its version beside it', () => {
  const uses = text.match(/uses: .*/g) ?? [];
  expect(uses.filter((line) => !/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  expect(uses).toHaveLength(steps.filter((step) => 'uses' in step).length);
});
