import { expect, test } from 'vitest';
import { createShells } from '../../e2e/kube/shells.ts';
import { stubCluster } from '../support/stub-cluster.ts';

const pod = { namespace: 'default', name: 'pod', container: 'main' };

/** Shells of this machine, and how often one was started. */
const counted = () => {
  const { exec } = stubCluster();
  const started: Promise<unknown>[] = [];
  const cut = new AbortController();
  const script = createShells((target, command, options) => {
    const ended = exec(target, command, { ...options, ...(started.length === 0 && { signal: cut.signal }) });
    started.push(ended);
    return ended;
  });
  return { script, started, cutFirst: () => cut.abort() };
};

test('a script gets its arguments, no input, and returns both of its outputs and its exit code', async () => {
  const { script } = counted();
  const print = String.raw`set -e; cat; printf '%s\0' "$@"; echo oops >&2; false; echo no`;
  expect(await script(pod, print, "it's", 'a  b', '$x\n')).toEqual({
    stdout: "it's\0a  b\0$x\n\0",
    stderr: 'oops',
    exitCode: 1,
  });
});

test('the next script is run by the same shell, one meanwhile by another, and nothing of a script stays', async () => {
  const { script, started } = counted();
  expect(await script(pod, 'x=1; cd /; exit 3')).toMatchObject({ exitCode: 3 });
  expect((await script(pod, 'echo "$x$#"')).stdout).toBe('0\n');
  expect(started).toHaveLength(1);
  const [one, other] = await Promise.all([script(pod, 'echo one'), script(pod, 'echo other')]);
  expect([one.stdout, other.stdout]).toEqual(['one\n', 'other\n']);
  expect(started).toHaveLength(2);
});

test('megabytes arrive whole', async () => {
  const { script } = counted();
  const { stdout } = await script(pod, 'head -c 3000000 /dev/zero | base64 -w 0');
  expect(Buffer.from(stdout, 'base64').equals(Buffer.alloc(3_000_000))).toBe(true);
});

test('where a shell ended while nobody used it, another runs the script', async () => {
  const { script, started, cutFirst } = counted();
  await script(pod, 'true');
  cutFirst();
  expect((await script(pod, 'echo again')).stdout).toBe('again\n');
  expect(started).toHaveLength(2);
});

test('where a shell ends with a script, nothing is known of it', async () => {
  const { script } = counted();
  await expect(script(pod, 'kill -9 $$')).rejects.toMatchObject({
    name: 'BrokenStream',
    message: expect.stringMatching(/^the shell in default\/pod ended/),
  });
});

test('a shell that nobody uses ends by itself', async () => {
  const { script, started } = counted();
  await script(pod, 'true');
  expect(await started[0]).toMatchObject({ exitCode: 0 });
}, 20_000);
