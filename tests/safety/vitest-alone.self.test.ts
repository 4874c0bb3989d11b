import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { vitestEntry } from '../../e2e/cli/spawn-runner.ts';
import { putLonghorn } from '../support/longhorn-objects.ts';
import { startStubServer } from '../support/stub-api-server.ts';

const cwd = fileURLToPath(new URL('../..', import.meta.url));

const vitest = async (args: string[], more: Record<string, string> = {}) => {
  const { CORRAL_CONFIG: _, VITEST: __, ...others } = process.env;
  const env = { ...others, ...more };
  const options = { cwd, env, extendEnv: false, reject: false, stdin: 'ignore' } as const;
  const ended = await execa('node', [vitestEntry, ...args, '--project', 'e2e'], options);
  const said = ended.stderr.split('\n').filter((line) => /^e2e: |^\s+at /.test(line));
  return { exitCode: ended.exitCode, stdout: stripVTControlCharacters(ended.stdout), said };
};

test('vitest lists the scenarios without a cluster', async () => {
  const name = 'A backup made during a deletion waits for it, then runs';
  const stdout = expect.stringContaining(`e2e/scenarios/backup-deletion/normal.e2e.ts > ${name}`);
  expect(await vitest(['list'])).toMatchObject({ exitCode: 0, stdout });
});

test('an expression of tags that vitest would never end reading is refused', async () => {
  const said = ['e2e: --tags-filter ui & ui: unexpected "&": join tags with &&, ||, ! and parentheses'];
  expect(await vitest(['run', '--tags-filter', 'ui & ui'])).toMatchObject({ exitCode: 2, said });
});

test('a folder of results that cannot be is refused before anything else', async () => {
  const variables = {
    CORRAL_KUBECONFIG: 'package.json',
    CORRAL_STORE_IMAGE: 'i',
    CORRAL_OUT: '/proc/nope/x',
  };
  expect(await vitest(['run'], variables)).toMatchObject({
    exitCode: 3,
    said: [
      'e2e: CORRAL_OUT /proc/nope/x: nothing can be written to /proc (no such file or directory): name another folder',
    ],
  });
});

test("a cluster that is somebody's is named, and to be confirmed, before a scenario begins", async () => {
  const server = await startStubServer({ uid: 'its-uid' });
  putLonghorn(server);
  const where = { CORRAL_KUBECONFIG: server.kubeconfig, CORRAL_CONTEXT: 'stub' };
  const named = { ...where, CORRAL_STORE_IMAGE: 'store:1' };
  const here = `${server.url} (context stub)`;
  expect(await vitest(['run'], named)).toEqual({
    exitCode: 3,
    stdout: expect.stringContaining(`Cluster: ${here}`),
    said: [
      `e2e: nobody has said yet that the cluster at ${here} is the one: add CORRAL_EXPECT_CLUSTER=its-uid, or start this at a terminal`,
    ],
  });
  expect(server.requests.filter((each) => !each.startsWith('GET ') && !/reviews$/.test(each))).toEqual([]);
});
