import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { inJob } from './caller.ts';
import { goMap, wrapped } from './go-text.ts';
import type * as rest from './resources.ts';

const requestTimeout = 60_000;
const connectTries = 60;
const connectRetry = 1_000;

/** What Longhorn's REST API answers other than 2xx, in the words of its client. */
class ApiError extends Error {
  readonly status: number;
  constructor(response: Response, body: string, url: string) {
    const { status, statusText } = response;
    super(`Bad response statusCode [${status}]. Status [${status} ${statusText}]. Body: [${body}] from [${url}]`);
    this.name = 'ApiError';
    this.status = status;
  }
}

const leftOut = ['id', 'links', 'actions', 'type', 'status'];

/** The body of an error as Longhorn's client prints it; Go goes through the fields in any order, here it is the alphabet's. */
const bodyText = (text: string): string => {
  if (!text.startsWith('{')) return text;
  const fields: [string, unknown][] = Object.entries(JSON.parse(text));
  const shown = fields.filter(([key, value]) => !leftOut.includes(key) && value !== null).sort(([a], [b]) => (a < b ? -1 : 1));
  return shown.map(([key, value]) => `${key}=${value}`).join(', ');
};

const send = async (method: 'GET' | 'POST', url: string, body?: object): Promise<Response> => {
  const request = { method, signal: AbortSignal.timeout(requestTimeout), ...(body && { body: JSON.stringify(body) }) };
  let response: Response;
  try {
    response = await fetch(url, { ...request, headers: { 'content-type': 'application/json' } });
  } catch (error) {
    throw wrapped(`${method === 'GET' ? 'Get' : 'Post'} "${url}"`, error instanceof Error ? (error.cause ?? error) : error);
  }
  if (!response.ok) throw new ApiError(response, bodyText(await response.text()), url);
  return response;
};

const get = async <T>(url: string): Promise<T> => (await send('GET', url)).json() as Promise<T>;

const volumeOf = (url: string) => async (name: string) => {
  try {
    return await get<rest.Volume>(`${url}/volumes/${name}`);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
};

/** Longhorn's REST API as a recurring job uses it. */
export type ManagerApi = {
  /** A volume, or undefined if there is none. */
  volume(name: string): Promise<rest.Volume | undefined>;
  backupVolumes(): Promise<rest.BackupVolume[]>;
  /** One of them; with an empty name it is the collection, which has no actions, as of Longhorn's client. */
  backupVolume(name: string): Promise<rest.BackupVolume>;
  /** Does one of a resource's actions; throws if it has none of that name. */
  act<T>(resource: rest.Resource, action: string, input?: object): Promise<T>;
};

/** Connects to the API; tried for a minute, once a second, before it throws. */
export const connectManagerApi = async (url: string, log: Log): Promise<ManagerApi> => {
  for (let tries = 1; ; tries++) {
    try {
      await (await send('GET', url)).text();
      break;
    } catch (error) {
      if (tries >= connectTries) throw wrapped('could not create longhorn-manager api client', error);
      log.warning('Failed to create Longhorn manager API client, retrying', { ...inJob('newAPIClient', 42), error });
      await sleep(connectRetry);
    }
  }
  return {
    volume: volumeOf(url),
    backupVolumes: async () => (await get<rest.Collection<rest.BackupVolume>>(`${url}/backupvolumes`)).data,
    backupVolume: (name) => get(`${url}/backupvolumes/${name}`),
    act: async (resource, action, input) => {
      const { id = '', type = '', links, actions } = resource;
      const actionURL = actions?.[action];
      if (!actionURL) throw new Error(`Action [${action}] not available on [&{${id} ${type} ${goMap(links)} ${goMap(actions)}}]`);
      return (await send('POST', actionURL, input ?? {})).json() as never;
    },
  };
};
