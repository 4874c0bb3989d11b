import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { buildGo, goVersion } from '../../lab/build/go.ts';
import { withProgress } from '../../lab/step.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// A real Go takes half a minute for the least of them: this one says what Go says.
const go = `#!/bin/sh
case "$1" in
  version) echo go version go9.9.9 ;;
  list) echo 'go: downloading k8s.io/api v0.36.3' >&2; echo 'go: downloading k8s.io/client-go v0.36.3' >&2
    printf 'runtime\\nk8s.io/api\\nexample.test/cmd/pause\\n' ;;
  build) printf 'runtime\\nk8s.io/api\\n# k8s.io/api\\n' >&2; eval "exec $GO_BUILD" ;;
esac
`;

const source = join(import.meta.dirname, '../../lab/go');

let dir: string;

beforeEach(async () => {
  dir = await temporaryFolder();
  await mkdir(join(dir, 'bin'));
  await writeFile(join(dir, 'bin/go'), go, { mode: 0o755 });
  vi.stubEnv('PATH', `${join(dir, 'bin')}${delimiter}${process.env.PATH}`);
});

const build = async (): Promise<string[]> => {
  const reported: string[] = [];
  await withProgress(
    (detail) => reported.push(detail),
    () => buildGo({ source, what: 'Kubernetes' }, ['./cmd/pause'], { dir }),
  );
  return reported;
};

test('a build with Go reports the modules fetched, and how many packages are compiled of how many', async () => {
  vi.stubEnv('GO_BUILD', 'touch "$4pause"');
  expect(await build()).toEqual([
    'Go looks at what there is to compile',
    expect.stringMatching(/^Go modules fetched: 1 of at most \d{3}$/),
    expect.stringMatching(/^Go modules fetched: 2 of at most \d{3}$/),
    '0 of 3 packages compiled',
    '1 of 3 packages compiled',
  ]);
  expect(await readdir(dir)).toContain('pause');
});

test('one that fails says why, without the names of the packages', async () => {
  vi.stubEnv('GO_BUILD', "sh -c 'echo main.go:1: undefined: frob >&2; exit 1'");
  await expect(build()).rejects.toThrow('go failed: # k8s.io/api\nmain.go:1: undefined: frob');
});

test('without a Go that this user may start, it is missing', async () => {
  const folder = await temporaryFolder();
  // The start of a program gives EACCES, as if the folder were another user's.
  await writeFile(join(folder, 'go'), go, { mode: 0o644 });
  vi.stubEnv('PATH', folder);
  await expect(goVersion()).rejects.toMatchObject({ code: 'go-missing' });
});
