import { type Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** How long Longhorn's client waits for an answer, with its body, in ms. */
const answerTimeout = 60_000;

export type Method = 'GET' | 'POST';

/** What came back, whatever its status. */
export type Answer = { status: number; statusText: string; text: string };

/** Sends a request over one of an agent's connections, and reads the whole answer; rejects with what the connection met. */
export const sendOver = (agent: Agent, { method, url, body }: { method: Method; url: string; body?: string }): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const read = async (response: IncomingMessage): Promise<Answer> => {
      const { statusCode: status = 0, statusMessage: statusText = '' } = response;
      return { status, statusText, text: await text(response) };
    };
    const headers = { 'content-type': 'application/json' };
    request(url, { agent, method, headers, signal: AbortSignal.timeout(answerTimeout) })
      .on('error', reject)
      .on('response', (response) => read(response).then(resolve, reject))
      .end(body);
  });
