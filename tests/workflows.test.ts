import { readdirSync, readFileSync } from 'node:fs';
import semver from 'semver';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseArguments } from '../e2e/cli/arguments/parse.ts';
import { parseMergeReports } from '../e2e/cli/merge-reports.ts';
import { newestRelease } from '../e2e/longhorn/supported.ts';
import { kindTool } from '../providers/kind/tool.ts';

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

const readWorkflow = (name: string) => {
  const text = read(`.github/workflows/${name}.yml`);
  const workflow = workflowSchema.parse(parse(text));
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);
  /** The words behind the command's name, with the version in its place; none of them has a blank in it. */
  const flagsOf = (script: string, version = ''): string[] => {
    const [line] = steps
      .flatMap((step) => ('run' in step ? step.run.split('\n') : []))
      .filter((each) => each.includes(` ${script} `));
    const [words = ''] = (line?.split(` ${script} `)[1] ?? '').replace(/^-- /, '').split('>>');
    return words.trim().replaceAll('"', '').replaceAll('$LONGHORN', version).split(/\s+/);
  };
  return { text, workflow, flagsOf };
};

const longhorn = readWorkflow('longhorn');
const kind = readWorkflow('kind');
const versions = longhorn.workflow.jobs.run?.strategy?.matrix.longhorn ?? [];

test.each(versions)('what it is called with is known to e2e: %s', (version) => {
  const parsed = parseArguments(longhorn.flagsOf('e2e', version), ['lab']);
  expect(parsed).toMatchObject({ provider: 'lab', longhorn: `official:${version}`, all: true });
});

test('what they are called with is known to e2e in kind, and to merge-reports', () => {
  const parsed = parseArguments(kind.flagsOf('e2e'), ['lab', 'kind']);
  expect(parsed).toMatchObject({ provider: 'kind', longhorn: `official:${newestRelease}`, all: true });
  const merged = parseMergeReports(longhorn.flagsOf('merge-reports'));
  expect(merged).toMatchObject({ paths: ['reports'], flags: { table: true } });
});

test('the kind that is installed is one that the provider takes', () => {
  const version = /kind@v(\S+)/.exec(kind.text)?.[1];
  expect(semver.gte(version ?? '0.0.0', kindTool.oldest)).toBe(true);
});

test('the matrix has one patch of each release from the oldest to the newest, and what comes next', () => {
  const minors = versions.map((version) => version.replace(/\.\d+$/, '')).join(' ');
  expect(minors).toBe('v1.8 v1.9 v1.10 v1.11 v1.12 master-head');
  expect(versions).toContain(newestRelease);
});

test.each(readdirSync(new URL('../.github/workflows', import.meta.url)))(
  'every action is pinned by a commit, with its version beside it: %s',
  (file) => {
    const uses = read(`.github/workflows/${file}`).match(/\buses: .*/g) ?? [];
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((line) => !/^uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  },
);
