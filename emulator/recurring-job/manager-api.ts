import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatGoMap, wrapError } from '../go.ts';
import type { Log } from '../log.ts';
import { jobCaller } from './caller.ts';
import type * as rest from './resources.ts';

/** Timeout of Longhorn's client for a response with its body, in ms. */
const answerTimeout = 60_000;

type Method = 'GET' | 'POST';

type Request = { method: Method; url: string; body?: string };

/** A response of any status. `location` is the header of a redirect. */
type Answer = { status: number; statusText: string; text: string; location?: string | undefined };

const sendOnce = (agent: Agent, { method, url, body }: Request): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const read = async (response: IncomingMessage): Promise<Answer> => {
      const { statusCode: status = 0, statusMessage: statusText = '', headers } = response;
      return { status, statusText, text: await text(response), location: headers.location };
    };
    const headers = { 'content-type': 'application/json' };
    request(url, { agent, method, headers, signal: AbortSignal.timeout(answerTimeout) })
      .on('error', reject)
      .on('response', (response) => read(response).then(resolve, reject))
      .end(body);
  });

/**
 * Sends a request over one of an agent's connections and reads the whole response. Follows one redirect of a
 * GET. Rejects with the connection's error.
 */
const sendOver = async (agent: Agent, request: Request): Promise<Answer> => {
  const answer = await sendOnce(agent, request);
  // For an empty name, Longhorn's router redirects to the collection. A job sends such a request for the
  // BackupVolume of a new volume.
  if (request.method !== 'GET' || answer.status !== 301 || answer.location === undefined) return answer;
  return sendOnce(agent, { method: 'GET', url: new URL(answer.location, request.url).href });
};

const connectTries = 60;
const connectRetry = 1_000;

/** A response of Longhorn's REST API with a status other than 2xx, in the words of Longhorn's client. */
class ApiError extends Error {
  readonly status: number;
  constructor({ status, statusText, text }: Answer, url: string) {
    super(
      `Bad response statusCode [${status}]. Status [${status} ${statusText}]. Body: [${bodyText(text)}] from [${url}]`,
    );
    this.name = 'ApiError';
    this.status = status;
  }
}

const leftOut = ['id', 'links', 'actions', 'type', 'status'];

/**
 * The body of an error as Longhorn's client prints it. Go prints the fields in random order, this function in
 * alphabetical order.
 */
const bodyText = (text: string): string => {
  if (!text.startsWith('{')) return text;
  const fields: [string, unknown][] = Object.entries(JSON.parse(text));
  const shown = fields
    .filter(([key, value]) => !leftOut.includes(key) && value !== null)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return shown.map(([key, value]) => `${key}=${value}`).join(', ');
};

type Send = (method: Method, url: string, body?: object) => Promise<string>;

const createSender =
  (agent: Agent): Send =>
  async (method, url, body) => {
    const answer = await sendOver(agent, { method, url, ...(body && { body: JSON.stringify(body) }) }).catch(
      (error: unknown) => {
        throw wrapError(`${method === 'GET' ? 'Get' : 'Post'} "${url}"`, error);
      },
    );
    if (answer.status < 200 || answer.status > 299) throw new ApiError(answer, url);
    return answer.text;
  };

const unlessNotFound = (error: unknown): undefined => {
  if (error instanceof ApiError && error.status === 404) return undefined;
  throw error;
};

/** The part of Longhorn's REST API that a recurring job uses. */
export type ManagerApi = {
  /** Returns a volume, or undefined if it does not exist. */
  volume(name: string): Promise<rest.RestVolume | undefined>;
  backupVolumes(): Promise<rest.RestBackupVolume[]>;
  /**
   * Returns one backup volume. With an empty name this is the collection, which has no actions, as in
   * Longhorn's client.
   */
  backupVolume(name: string): Promise<rest.RestBackupVolume>;
  /** Executes an action of a resource. Throws if the resource does not have the action. */
  act<T>(resource: rest.RestResource, action: string, input?: object): Promise<T>;
};

/**
 * Connects to the API. Tries once a second for a minute, then throws. Consecutive requests use one
 * connection, and so one manager, as in Longhorn's client: the informer of another manager may lag behind
 * this one's answer. `atOnce` is the number of concurrent connections.
 */
export const connectManagerApi = async (
  url: string,
  { atOnce, log }: { atOnce: number; log: Log },
): Promise<ManagerApi> => {
  const send = createSender(new Agent({ keepAlive: true, maxSockets: atOnce }));
  const get = async <T>(at: string): Promise<T> => JSON.parse(await send('GET', at));
  for (let tries = 1; ; tries++) {
    try {
      await send('GET', url);
      break;
    } catch (error) {
      if (tries >= connectTries) throw wrapError('could not create longhorn-manager api client', error);
      log.warning('Failed to create Longhorn manager API client, retrying', {
        ...jobCaller('newAPIClient', 42),
        error,
      });
      await sleep(connectRetry);
    }
  }
  return {
    volume: (name) => get<rest.RestVolume>(`${url}/volumes/${name}`).catch(unlessNotFound),
    backupVolumes: async () =>
      (await get<rest.RestCollection<rest.RestBackupVolume>>(`${url}/backupvolumes`)).data,
    backupVolume: (name) => get(`${url}/backupvolumes/${name}`),
    act: async (resource, action, input = {}) => {
      const { id = '', type = '', links, actions } = resource;
      const actionURL = actions?.[action];
      if (!actionURL)
        throw new Error(
          `Action [${action}] not available on [&{${id} ${type} ${formatGoMap(links)} ${formatGoMap(actions)}}]`,
        );
      return JSON.parse(await send('POST', actionURL, input));
    },
  };
};
