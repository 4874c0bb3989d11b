import { parseArgs } from 'node:util';
import { createLoopDevices } from '../engine/device.ts';
import { createNodeMounts } from '../engine/mount.ts';
import {
  environmentVariables,
  readBehaviour,
  readEmulatedVersion,
  requiredVariable,
} from '../environment.ts';
import { createClient, podAccess } from '../kubernetes/client.ts';
import { createLog } from '../log.ts';
import { runRecurringJob } from '../recurring-job/run.ts';
import { runSystemRollout } from '../system-rollout/run.ts';
import { runUninstallation } from '../uninstall/run.ts';
import { startManager } from './start.ts';

const log = createLog((line) => process.stdout.write(line));

// Exits at once without ending its children, as Longhorn's manager does. It is process 1 of its container, so
// a running `backup rm` ends with it.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));

// The state is unknown after an unhandled rejection, so the process always ends. The kubelet starts a new one.
process.on('unhandledRejection', (error) => {
  log.error('Unhandled rejection', { error: error instanceof Error ? error.stack : error });
  process.exit(1);
});

const daemon = (): Promise<void> =>
  startManager({
    ...readBehaviour(process.env),
    version: readEmulatedVersion(process.env),
    access: podAccess(),
    node: requiredVariable(process.env, environmentVariables.node),
    ip: requiredVariable(process.env, environmentVariables.podIP),
    devices: createLoopDevices('/host/dev'),
    mounts: createNodeMounts(),
    dataRoot: '/var/lib/longhorn',
    isOnNode: true,
    job: {
      image: requiredVariable(process.env, environmentVariables.image),
      environment: Object.fromEntries(
        [environmentVariables.clock, environmentVariables.mutant, environmentVariables.version].map(
          (name) => [name, process.env[name] ?? ''],
        ),
      ),
    },
    command: {
      file: `${import.meta.dirname}/longhorn.cjs`,
      companionFiles: [`${import.meta.dirname}/s3-client.mjs`],
    },
    log,
    signal: new AbortController().signal,
  });

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    debug: { type: 'boolean', short: 'd' },
    force: { type: 'boolean' },
    'manager-url': { type: 'string', default: '' },
  },
});
const [command = '', name = ''] = positionals;
// No top-level await, because the CommonJS bundle cannot have one.
if (command === 'daemon') void daemon();
else if (command === 'recurring-job')
  void runRecurringJob({
    ...readBehaviour(process.env),
    version: readEmulatedVersion(process.env),
    name,
    managerURL: values['manager-url'],
    kubernetes: createClient(podAccess()),
    log,
  }).then((exitCode) => {
    process.exitCode = exitCode;
  });
else if (command === 'system-rollout')
  void runSystemRollout({
    ...readBehaviour(process.env),
    name,
    node: requiredVariable(process.env, environmentVariables.node),
    access: podAccess(),
    dataRoot: '/var/lib/longhorn',
    log,
    // Its watches go on.
  }).then(() => process.exit(0));
else if (command === 'uninstall')
  void runUninstallation({ ...readBehaviour(process.env), access: podAccess(), log }).then((exitCode) =>
    process.exit(exitCode),
  );
else {
  log.fatal(
    `not emulated: longhorn-manager ${command}; known are daemon, system-rollout NAME, recurring-job NAME --manager-url URL, and uninstall --force`,
  );
  process.exitCode = 1;
}
