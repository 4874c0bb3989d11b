import { createServer } from 'node:http';
import { type ApiOptions, handle } from '../../../../emulator/api/handler.ts';
import { createLog } from '../../../../emulator/log.ts';
import { end, listen } from '../../../support/serving.ts';
import { createStandInDatastore } from './datastore.ts';

/**
 * The API on a port of this machine with a datastore in memory; `call` is one request, as `POST
 * /v1/volumes/v?action=attach`.
 */
export const startTestApi = async () => {
  const standIn = createStandInDatastore();
  const controller = new AbortController();
  const options: ApiOptions = {
    datastore: standIn.datastore,
    ip: '10.0.0.1',
    log: createLog(() => undefined),
    signal: controller.signal,
  };
  const server = createServer((request, response) => void handle(options, request, response));
  const host = `127.0.0.1:${await listen(server)}`;
  return {
    ...standIn,
    host,
    call: async (request: string, input?: unknown) => {
      const [method = '', path = ''] = request.split(' ');
      const body = input === undefined ? null : typeof input === 'string' ? input : JSON.stringify(input);
      const response = await fetch(`http://${host}${path}`, { method, body, redirect: 'manual' });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
    },
    stop: () => {
      controller.abort();
      return end(server);
    },
  };
};

export type TestApi = Awaited<ReturnType<typeof startTestApi>>;
