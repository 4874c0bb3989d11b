import { type Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** How long Longhorn's client waits for an answer, with its body, in ms. */
const answerTimeout = 60_000;

export type Method = 'GET' | 'POST';

type Request = { method: Method; url: string; body?: string };

/** What came back, whatever its status; `location` is where else to ask. */
export type Answer = { status: number; statusText: string; text: string; location?: string | undefined };

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

/** Sends a request over one of an agent's connections, and reads the whole answer; where another place is named, that one's. Rejects with what the connection met. */
export const sendOver = async (agent: Agent, request: Request): Promise<Answer> => {
  const answer = await sendOnce(agent, request);
  // Longhorn's router names the collection where a name is empty, as a job's request for the BackupVolume of a new volume is.
  if (request.method !== 'GET' || answer.status !== 301 || answer.location === undefined) return answer;
  return sendOnce(agent, { method: 'GET', url: new URL(answer.location, request.url).href });
};
