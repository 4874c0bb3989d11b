import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loopDevices } from '../engine/device.ts';
import { readBehaviour, required, variables } from '../environment.ts';
import { podAccess } from '../kubernetes/client.ts';
import { createLog } from '../log.ts';
import { startManager } from './start.ts';

const log = createLog((line) => process.stdout.write(line));

// At once and without a word to the children: as Longhorn's, and as process 1 of its container this takes a running `backup rm` with it.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));

// No cause is worth living on in a state nobody knows; the kubelet starts a new process.
process.on('unhandledRejection', (error) => {
  log.error('Unhandled rejection', { error: error instanceof Error ? error.stack : error });
  process.exit(1);
});

await startManager({
  ...readBehaviour(process.env),
  access: podAccess(),
  node: required(process.env, variables.node),
  ip: required(process.env, variables.podIP),
  devices: loopDevices('/host/dev'),
  dataRoot: '/var/lib/longhorn',
  command: `${dirname(fileURLToPath(import.meta.url))}/longhorn.mjs`,
  log,
  signal: new AbortController().signal,
});
