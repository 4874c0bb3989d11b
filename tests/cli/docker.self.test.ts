import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readReport } from '../../e2e/report/file.ts';
import { cacheVariables } from '../support/share-caches.ts';

let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corral-no-docker-'));
});
afterAll(() => rm(dir, { recursive: true }));

// The command as it is, on a PATH with nothing on it.
const e2e = (...flags: string[]) =>
  execa(
    process.execPath,
    ['scripts/e2e.ts', '--out', join(dir, 'out'), '--only', 'A backup made during a deletion', ...flags],
    {
      env: { PATH: dir, HOME: dir, ...cacheVariables() },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
    },
  );

test('--provider kind where there is none: one line, exit code 3, and a report that says so', async () => {
  const line =
    'kind is missing: go install sigs.k8s.io/kind@latest, or see kind.sigs.k8s.io, or use --provider lab, which needs neither Docker nor root';
  const { exitCode, stderr } = await e2e('--provider', 'kind');
  expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: `e2e: ${line}` });
  expect(await readReport(join(dir, 'out'))).toMatchObject({
    provider: 'kind',
    end: { state: 'set-up-failed', reason: line },
  });
});
