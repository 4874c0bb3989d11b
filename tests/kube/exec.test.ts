import { describe, expect, onTestFinished, test } from 'vitest';
import { type Health, openHealth } from '../../e2e/kube/health.ts';
import { startStubServer } from '../support/stub-api-server.ts';
import { acceptWebSocket, type WebSocketEnd } from '../support/web-socket.ts';

// The channels of v5.channel.k8s.io.
const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 };
const pod = { namespace: 'default', name: 'pod', container: 'main' };

type Said = string | Buffer | object;
const bytesOf = (data: Said): Buffer =>
  Buffer.from(Buffer.isBuffer(data) || typeof data === 'string' ? data : JSON.stringify(data));

/**
 * A kubelet's end of an exec, as far as the channels go; what runs in the container is up to the test. Before
 * that, the server refuses as often as given.
 */
const serving = async (
  onExec: (end: WebSocketEnd & { say(channel: keyof typeof channels, data: Said): void }) => void,
  refusals: (number | 'cut')[] = [],
  health?: Health,
) => {
  const urls: URL[] = [];
  const server = await startStubServer();
  server.onUpgrade((request, socket) => {
    urls.push(new URL(request.url ?? '', 'http://server'));
    const refusal = refusals.shift();
    if (refusal === 'cut') return void socket.destroy();
    if (refusal !== undefined) return void socket.end(`HTTP/1.1 ${refusal} No\r\nConnection: close\r\n\r\n`);
    const channel = acceptWebSocket(request, socket, 'v5.channel.k8s.io');
    onTestFinished(() => channel.destroy());
    onExec({
      ...channel,
      say: (name, data) => channel.send(Buffer.concat([Buffer.from([channels[name]]), bytesOf(data)])),
    });
  });
  return { cluster: server.connect(health && { health }), urls };
};

const success = { status: 'Success' };
const exited = (code: number) => ({
  status: 'Failure',
  reason: 'NonZeroExitCode',
  details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
});

describe('an exec', () => {
  test('is the command in the container; what it prints is put together again, and passed on as it comes', async () => {
    const euro = Buffer.from('€');
    const { cluster, urls } = await serving(({ say }) => {
      say('stdout', Buffer.concat([Buffer.from('5 '), euro.subarray(0, 1)]));
      say('stderr', 'oops');
      say('stdout', euro.subarray(1));
      say('status', exited(3));
    });
    const heard: string[] = [];
    const ran = await cluster.exec(pod, ['sh', '-c', 'a & b'], { onStdout: (text) => heard.push(text) });
    expect(ran).toEqual({ stdout: '', stderr: 'oops', exitCode: 3 });
    expect(heard).toEqual(['5 ', '€']);
    expect(urls[0]?.pathname).toBe('/api/v1/namespaces/default/pods/pod/exec');
    expect(urls[0]?.searchParams.getAll('command')).toEqual(['sh', '-c', 'a & b']);
    expect(urls[0]?.searchParams.get('container')).toBe('main');
  });
});

test('how long a command took to start is kept, not how long it ran', async () => {
  const health = openHealth();
  const ran = Promise.withResolvers<void>();
  const { cluster } = await serving(
    ({ say }) => void ran.promise.then(() => say('status', success)),
    [],
    health,
  );
  const ended = cluster.exec(pod, ['sleep']);
  await expect.poll(() => health.slowestSince(0)).toBeGreaterThan(0);
  const started = health.slowestSince(0);
  ran.resolve();
  await ended;
  expect(health.slowestSince(0)).toBe(started);
});

describe('an exec about whose end nothing is known is an error', () => {
  test.each([
    [503, 'BrokenStream', false],
    [403, 'ExecError', false],
    [404, 'ExecError', true],
  ])('the server answers %i instead: %s', async (status, name, isPodGone) => {
    const { cluster } = await serving(() => {}, [status]);
    const message = `exec of run in default/pod did not start: Unexpected server response: ${status}`;
    await expect(cluster.exec(pod, ['run'])).rejects.toMatchObject({ name, message, isPodGone });
  });

  test.each([
    'no running task found: e26',
    'container not found ("x")',
    'container x is not running',
    'pods "b" not found',
  ])('its container does not run: %s', async (message) => {
    const { cluster } = await serving(({ say }) =>
      say('status', JSON.stringify({ status: 'Failure', message })),
    );
    await expect(cluster.exec(pod, ['run'])).rejects.toMatchObject({ name: 'ExecError', isPodGone: true });
  });

  test('a server in trouble is asked again, as long as nothing was begun', async () => {
    const health = openHealth();
    const { cluster, urls } = await serving(({ say }) => say('status', success), [503, 'cut', 429], health);
    expect(await cluster.exec(pod, ['run'])).toMatchObject({ exitCode: 0 });
    expect(urls).toHaveLength(4);
    expect(health.summary()).toMatchObject({ isOutage: true });
  });

  test('the stream breaks: a command that had begun is not begun again', async () => {
    const health = openHealth();
    const { cluster, urls } = await serving(
      ({ say, destroy }) => {
        say('stdout', 'half');
        setImmediate(destroy);
      },
      [],
      health,
    );
    await expect(cluster.exec(pod, ['run'])).rejects.toMatchObject({
      name: 'BrokenStream',
      message: "exec of run in default/pod: the stream closed (code 1006) before the command's status came",
      verdict: { state: 'not-provable' },
    });
    expect(urls).toHaveLength(1);
    expect(health.summary()).toBeUndefined();
  });
});
