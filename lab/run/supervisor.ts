import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { z } from 'zod';
import { placeKernel } from '../build/kernel.ts';
import { labActions } from '../control/actions.ts';
import type { LabContext } from '../control/context.ts';
import { serveApiProxy } from './api-proxy.ts';
import { runApiServer, waitForApiServer } from './api-server.ts';
import { startControllers, startEtcd } from './control-plane.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { createNetwork } from './network.ts';
import { bootNodes } from './nodes.ts';
import { makeCertificates } from './pki.ts';
import { processGroupOf } from './process-group.ts';
import { createProcesses } from './processes.ts';
import { createRelay } from './relay.ts';
import { type LabSettings, labFiles, labSockets } from './settings.ts';
import { balanceNodes } from './spread-nodes.ts';
import { gateway, kubernetesApiPort, labNodes } from './topology.ts';

const requestSchema = z.object({ action: z.string() }).loose();

const answer = async (line: string, context: LabContext): Promise<object> => {
  try {
    const { action, ...request } = requestSchema.parse(JSON.parse(line));
    const act = Object.hasOwn(labActions, action) ? labActions[action] : undefined;
    if (act === undefined)
      throw new Error(`the lab knows no action ${action}; it knows ${Object.keys(labActions).join(', ')}`);
    return { result: (await act(context, request)) ?? null };
  } catch (error) {
    return { error: error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message };
  }
};

/**
 * Accepts requests from this user's other processes through a socket in the lab's folder: one JSON line per
 * request, one JSON line per response.
 */
const serveControl = (context: LabContext): void => {
  createServer((client) => {
    client.on('error', () => client.destroy());
    createInterface(client).on('line', async (line) => {
      const said = await answer(line, context);
      if (!client.destroyed) client.write(`${JSON.stringify(said)}\n`);
    });
  }).listen(labSockets.control);
};

// The first process of the lab's namespaces except for a shell that waits for it. When it ends for any reason, the
// kernel kills all others. It writes events as JSON lines on standard output, and ends when its standard input does.

const settings = JSON.parse(readFileSync(process.argv[2] as string, 'utf8')) as LabSettings;
const files = labFiles(settings.dir);
const say = (event: 'ready' | 'ended', text = '') =>
  process.stdout.write(`${JSON.stringify({ event, text })}\n`);

/** The host process has ended, so this process must remove the lab's folder. */
const hostGone = () => {
  spawnSync('umount', ['--lazy', files.memory]);
  rmSync(settings.dir, { recursive: true, force: true });
  process.exit(0);
};

const forwardApi = () => createRelay({ port: kubernetesApiPort, host: gateway }).listen(labSockets.api);

const start = async () => {
  const nodes = labNodes(settings.nodes);
  // Only in this mount namespace: the nodes' memory is a file on this tmpfs, so it disappears with the namespace.
  await mkdir(files.memory);
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=100%,mode=0700', 'memory', files.memory]);
  const processes = await createProcesses(files.logs, (text) => say('ended', text));
  startEtcd(settings, processes);
  const [kernel, apiServer] = await Promise.all([
    placeKernel({ kernel: settings.kernel, tools: settings.tools, into: files.memory }),
    // Started as early as possible, because all others wait for it.
    makeCertificates({ dir: files.pki, tools: settings.tools, nodes }).then(() =>
      runApiServer(settings, processes),
    ),
    createNetwork(settings.tools, nodes),
  ]);
  const booted = await bootNodes(settings, nodes, { kernel, processes });
  balanceNodes(() => booted.map(processGroupOf));
  serveControl({ settings, nodes: booted, apiServer, processes });
  await writeKubeconfig({
    file: files.kubeconfig,
    pki: files.pki,
    identity: 'admin',
    server: `https://127.0.0.1:${settings.port}`,
    lab: settings.name,
  });
  await waitForApiServer(files.pki);
  await startControllers(settings, processes);
  if (settings.apiProxy) await serveApiProxy({ pki: files.pki, socket: labSockets.proxy });
  forwardApi();
  say('ready');
};

process.stdin.on('end', hostGone).on('error', hostGone).resume();
await start();
