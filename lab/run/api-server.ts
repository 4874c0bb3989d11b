import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { startApiServer } from './control-plane.ts';
import type { Processes } from './processes.ts';
import { type LabSettings, labFiles } from './settings.ts';
import { gateway, kubernetesApiPort } from './topology.ts';

/**
 * Time-out until kube-apiserver is ready: about 5 s on an idle machine, over a minute with 15 times more work
 * than CPUs. The lab's supervisor owns it, and is notified at once when the process ends.
 */
const TIMEOUT_MS = 5 * 60_000;

/**
 * Sends a GET to the API server as its administrator. Without a response, resolves with status 0 and the error's text.
 */
export const askApiServer = async (pki: string, path: string): Promise<{ status: number; text: string }> => {
  const [ca, cert, key] = await Promise.all(
    ['ca.crt', 'admin.crt', 'admin.key'].map((file) => readFile(join(pki, file))),
  );
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve({ status: 0, text: error.message });
    const call = request(
      { host: gateway, port: kubernetesApiPort, path, ca, cert, key, agent: false },
      async (response) => {
        response.on('error', failed);
        resolve({ status: response.statusCode ?? 0, text: await text(response).catch(String) });
      },
    );
    call.on('error', failed);
    call.end();
  });
};

/** Waits until kube-apiserver is ready. Polls every 50 ms, because a process has no watch. */
export const waitForApiServer = async (pki: string): Promise<void> => {
  const end = Date.now() + TIMEOUT_MS;
  let last = '';
  while (Date.now() < end) {
    const { status, text: said } = await askApiServer(pki, '/readyz');
    if (status === 200) return;
    last = status === 0 ? said : `HTTP ${status}`;
    await delay(50);
  }
  throw new Error(`kube-apiserver was not ready after ${TIMEOUT_MS / 1000} s (last: ${last})`);
};

/** The lab's API server, across its restarts. */
export type ApiServer = {
  isRunning: () => boolean;
  /** Kills it at once. Its clients find their connections broken. */
  stop: () => Promise<void>;
  /** Starts it with the same settings. Resolves when it is ready. */
  start: () => Promise<void>;
};

/** Starts the API server for the first time. It may not be ready when this returns. */
export const runApiServer = (settings: LabSettings, processes: Processes): ApiServer => {
  let running = startApiServer(settings, processes);
  const isRunning = () => running.child.exitCode === null && running.child.signalCode === null;
  return {
    isRunning,
    stop: () => running.kill(),
    start: async () => {
      if (!isRunning()) running = startApiServer(settings, processes);
      await waitForApiServer(labFiles(settings.dir).pki);
    },
  };
};
