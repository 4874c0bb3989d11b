import { inject } from 'vitest';
import { askSocket } from '../../e2e/kube/json-socket.ts';
import { apiServerAt, type SharedApiServer } from './api-server.ts';
import type { Places } from './shared.ts';

/** Returns access to something that all cluster tests share. The first call starts it. */
export const share = async <Name extends keyof Places>(name: Name): Promise<Places[Name]> => {
  const answer = (await askSocket({ folder: inject('shared'), name: 'shared.sock' }, name)) as
    | { place: Places[Name] }
    | { error: string };
  if ('error' in answer)
    throw new Error(`${name}, which the cluster tests share, did not start: ${answer.error}`);
  return answer.place;
};

/**
 * The shared API server. Use unique names, and remove objects that could disturb other tests.
 */
export const sharedApiServer = async (): Promise<SharedApiServer> => apiServerAt(await share('api-server'));
