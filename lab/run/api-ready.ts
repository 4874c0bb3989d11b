import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { apiPort, gateway } from './topology.ts';

/** How long kube-apiserver may take to be ready; the lab's supervisor owns this time-out. */
const TIMEOUT_MS = 60_000;

const statusOf = (options: object) =>
  new Promise<string>((resolve) => {
    const call = request(options, (response) => {
      response.resume();
      resolve(`HTTP ${response.statusCode}`);
    });
    call.on('error', (error) => resolve(error.message));
    call.end();
  });

/** Waits until kube-apiserver says that it is ready: a process has no watch, so it is asked every 50 ms. */
export const apiServerReady = async (pki: string): Promise<void> => {
  const [ca, cert, key] = await Promise.all(['ca.crt', 'admin.crt', 'admin.key'].map((file) => readFile(join(pki, file))));
  const end = Date.now() + TIMEOUT_MS;
  let last = '';
  while (Date.now() < end) {
    last = await statusOf({ host: gateway, port: apiPort, path: '/readyz', ca, cert, key, agent: false });
    if (last === 'HTTP 200') return;
    await delay(50);
  }
  throw new Error(`kube-apiserver was not ready after 60 s (last: ${last})`);
};
