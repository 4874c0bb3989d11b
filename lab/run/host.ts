import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createRelay } from './relay.ts';
import { type LabSettings, labFiles, labSockets, namespaceArguments } from './settings.ts';

// The only process of a lab outside its namespaces. It listens on 127.0.0.1 for the API server and starts the
// supervisor. It takes everything down on a signal, or when its parent ends without having sent `keep`. Its
// working directory is the lab's folder.

/** Time until the supervisor must have ended. The host owns this time-out, and kills the supervisor after it. */
const END_TIMEOUT_MS = 5_000;

const dir = process.argv[2] as string;
const files = labFiles(dir);
const settings = JSON.parse(readFileSync(files.settings, 'utf8')) as LabSettings;
const sendEvent = (event: string, text = '') => process.stdout.write(`${JSON.stringify({ event, text })}\n`);
// The parent process may have ended, and with it the other end of this pipe.
process.stdout.on('error', () => {});

const api = createRelay({ path: labSockets.api });
await new Promise<void>((resolve) => api.listen(settings.port, '127.0.0.1', resolve));
settings.port = (api.address() as AddressInfo).port;
await writeFile(files.settings, JSON.stringify(settings));

// A process that loses its parent there becomes a child of the namespace's first process. Node waits only for
// its own children, so the remains of a crashed node would stay as zombies. A shell waits for all, and ends
// with the supervisor.
const firstProcess = ['sh', '-c', 'exec 3<&0; "$@" <&3 3<&- & wait $!', 'sh'];
const supervisorCommand = [process.execPath, join(import.meta.dirname, 'supervisor.ts'), files.settings];
const supervisor = spawn(
  'unshare',
  [...namespaceArguments, '--kill-child', ...firstProcess, ...supervisorCommand],
  { stdio: ['pipe', 'pipe', 'pipe'] },
);

let lastWords = '';
supervisor.stderr.on('data', (text: Buffer) => {
  lastWords = `${lastWords}${text}`.slice(-4_000);
});
createInterface(supervisor.stdout).on('line', (line) => process.stdout.write(`${line}\n`));

let down = false;
const shutDown = () => {
  if (down) return;
  down = true;
  supervisor.stdin.end();
  setTimeout(() => supervisor.kill('SIGKILL'), END_TIMEOUT_MS).unref();
};

supervisor.stdin.on('error', () => {});
supervisor.on('error', (error) =>
  sendEvent('failed', `the lab's namespaces could not be made: ${error.message}`),
);
// All processes of its namespaces have ended when it exits.
supervisor.on('exit', async (code, signal) => {
  if (!down)
    sendEvent('failed', `the lab's supervisor ended (${signal ?? `exit code ${code}`})\n${lastWords}`.trim());
  await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  process.exit(down ? 0 : 1);
});

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, shutDown);
let kept = false;
process.stdin.on('data', (text) => {
  kept ||= text.toString().includes('keep');
});
process.stdin.on('end', () => kept || shutDown());
process.stdin.on('error', () => kept || shutDown());
await writeFile(
  files.state,
  JSON.stringify({
    pid: process.pid,
    started: new Date().toISOString(),
    nodes: settings.nodes,
    kubeconfig: files.kubeconfig,
  }),
);
