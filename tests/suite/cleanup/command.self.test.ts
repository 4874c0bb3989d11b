import { execa } from 'execa';
import { expect, test } from 'vitest';

const cluster = ['--kubeconfig', 'nowhere', '--context', 'x'];
const see = 'see npm run cleanup -- --help';

test.each([
  [[], `cleanup: required option '--kubeconfig <file>' not specified: ${see}`, 2],
  [cluster, `cleanup: say which: --run ID, or --all: ${see}`, 2],
  [[...cluster, '--all', '--run', 'abc123'], `cleanup: say which: --run ID, or --all: ${see}`, 2],
  [[...cluster, '--run', '../etc'], `cleanup: --run ../etc: it is six characters of a-z and 0-9: ${see}`, 2],
  [[...cluster, '--all', '--frob'], `cleanup: unknown option '--frob': ${see}`, 2],
  [[...cluster, '--all'], expect.stringMatching(/^cleanup: cannot read the kubeconfig nowhere: .+$/), 1],
])('%j', async (flags, stderr, exitCode) => {
  const ended = await execa('node', ['scripts/cleanup.ts', ...flags], { reject: false, stdin: 'ignore' });
  expect(ended).toMatchObject({ stdout: '', stderr, exitCode });
});
