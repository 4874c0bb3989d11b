import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { vitestEntry } from '../../e2e/cli/play.ts';
import { putLonghorn } from '../support/longhorn-objects.ts';
import { startStubServer } from '../support/stub-api-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const uid = '3b0f6a8e-0000-4000-8000-000000000001';

const vitest = async (args: string[], env: Record<string, string> = {}) => {
  const { CORRAL_CONFIG: _, VITEST: __, ...others } = process.env;
  const ended = await execa('node', [vitestEntry, ...args, '--project', 'e2e'], {
    cwd: root,
    env: { ...others, ...env },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  return {
    exitCode: ended.exitCode,
    stdout: stripVTControlCharacters(ended.stdout),
    said: ended.stderr.split('\n').filter((line) => /^e2e: |^\s+at /.test(line)),
  };
};

test('vitest lists the scenarios without a cluster', async () => {
  const { exitCode, stdout } = await vitest(['list']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(
    'e2e/scenarios/backup-deletion/normal.e2e.ts > A backup made during a deletion waits for it, then runs',
  );
});

test('an expression of tags that vitest would never end reading is refused', async () => {
  expect(await vitest(['run', '--tags-filter', 'ui & ui'])).toMatchObject({
    exitCode: 2,
    said: ['e2e: --tags-filter ui & ui: unexpected "&": join tags with &&, ||, ! and parentheses'],
  });
});

test("a cluster that is somebody's is told of, and asked for, before a scenario begins", async () => {
  const server = await startStubServer({ uid });
  putLonghorn(server);
  const ended = await vitest(['run'], {
    CORRAL_KUBECONFIG: server.kubeconfig,
    CORRAL_CONTEXT: 'stub',
    CORRAL_STORE_IMAGE: 'store:1',
  });
  await server.stop();
  expect(ended).toMatchObject({
    exitCode: 3,
    said: [
      `e2e: nobody has said yet that the cluster at ${server.url} (context stub) is the one: add CORRAL_EXPECT_CLUSTER=${uid}, or start this at a terminal`,
    ],
  });
  expect(ended.stdout).toContain(`Cluster: ${server.url} (context stub)`);
  expect(server.asked.filter((each) => !each.startsWith('GET ') && !/reviews$/.test(each))).toEqual([]);
});
