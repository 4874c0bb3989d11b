import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loopDevices } from '../engine/device.ts';
import { nodeMounts } from '../engine/mount.ts';
import { readBehaviour, readVersion, required, variables } from '../environment.ts';
import { createClient, podAccess } from '../kubernetes/client.ts';
import { createLog } from '../log.ts';
import { runRecurringJob } from '../recurring-job/run.ts';
import { startManager } from './start.ts';

const log = createLog((line) => process.stdout.write(line));

// At once and without a word to the children: as Longhorn's, and as process 1 of its container this takes a
// running `backup rm` with it.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));

// No cause is worth living on in a state nobody knows; the kubelet starts a new process.
process.on('unhandledRejection', (error) => {
  log.error('Unhandled rejection', { error: error instanceof Error ? error.stack : error });
  process.exit(1);
});

const folder = dirname(fileURLToPath(import.meta.url));

const daemon = (): Promise<void> =>
  startManager({
    ...readBehaviour(process.env),
    version: readVersion(process.env),
    access: podAccess(),
    node: required(process.env, variables.node),
    ip: required(process.env, variables.podIP),
    devices: loopDevices('/host/dev'),
    mounts: nodeMounts(),
    dataRoot: '/var/lib/longhorn',
    job: {
      image: required(process.env, variables.image),
      environment: Object.fromEntries(
        [variables.clock, variables.mutant].map((name) => [name, process.env[name] ?? '']),
      ),
    },
    command: { file: `${folder}/longhorn.cjs`, beside: [`${folder}/s3-client.mjs`] },
    log,
    signal: new AbortController().signal,
  });

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { debug: { type: 'boolean', short: 'd' }, 'manager-url': { type: 'string', default: '' } },
});
const [command = '', name = ''] = positionals;
if (command === 'daemon') await daemon();
else if (command === 'recurring-job') {
  const kubernetes = createClient(podAccess());
  process.exitCode = await runRecurringJob({
    ...readBehaviour(process.env),
    name,
    managerURL: values['manager-url'],
    kubernetes,
    log,
  });
} else {
  log.fatal(
    `not emulated: longhorn-manager ${command}; known are daemon and recurring-job NAME --manager-url URL`,
  );
  process.exitCode = 1;
}
