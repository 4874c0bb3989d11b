import { once } from 'node:events';
import { connect } from 'node:net';
import { gateway, kubernetesApiPort } from '../run/topology.ts';
import { ensureCondition, type LabCondition } from './condition.ts';
import type { LabAction, LabContext } from './context.ts';

const address = `${gateway}:${kubernetesApiPort}`;

/** Reads whether the API server was stopped. */
export const readApiServerCondition = async ({ apiServer }: LabContext): Promise<LabCondition> => {
  const socket = connect(kubernetesApiPort, gateway);
  const refused = await once(socket, 'connect').then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  );
  socket.destroy();
  if (refused === undefined)
    return { faulty: false, text: `the API server runs: ${address} takes connections` };
  const what = apiServer.isRunning() ? 'starting' : 'stopped';
  return { faulty: true, text: `the API server is ${what}: a connection to ${address} ends with ${refused}` };
};

/** Stops the API server. etcd, the controllers and the nodes keep running. */
export const stopApiServer: LabAction = (context) =>
  ensureCondition({
    read: () => readApiServerCondition(context),
    isWanted: ({ faulty }) => faulty,
    act: () => context.apiServer.stop(),
  });

/** Starts the API server and waits until it is ready. */
export const startStoppedApiServer: LabAction = (context) =>
  ensureCondition({
    read: () => readApiServerCondition(context),
    isWanted: ({ faulty }) => !faulty,
    act: () => context.apiServer.start(),
  });

/** Restarts the API server. Its watch caches start from now. */
export const restartApiServer: LabAction = async (context) => {
  await context.apiServer.stop();
  await context.apiServer.start();
  const { faulty, text } = await readApiServerCondition(context);
  return { faulty, text: `the API server was started anew: ${text}` };
};
