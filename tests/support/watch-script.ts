import type { Answer } from './stub-api-server.ts';

/** A list of objects, given as `name@resourceVersion`. */
export const list =
  (resourceVersion: number, ...names: string[]): Answer =>
  (response) =>
    response.end(
      JSON.stringify({ metadata: { resourceVersion: String(resourceVersion) }, items: names.map(object) }),
    );

/** Lines of a watch, which then ends, breaks, or stays open. */
export const lines =
  (end: 'ends' | 'breaks' | 'stays', ...texts: string[]): Answer =>
  (response) => {
    response.writeHead(200);
    response.flushHeaders();
    response.write(texts.map((text) => `${text}\n`).join(''), () => {
      if (end === 'ends') response.end();
      // Later, because a reset may overtake the data.
      if (end === 'breaks') setImmediate(() => response.socket?.destroySoon());
    });
  };

/** An error as an answer. */
export const refusal =
  (
    code: number,
    reason: string,
    { message = `the server says ${reason}`, retryAfter }: { message?: string; retryAfter?: number } = {},
  ): Answer =>
  (response) => {
    response.writeHead(code, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });
    response.end(JSON.stringify({ kind: 'Status', code, reason, message }));
  };

/** Breaks the connection before an answer, so that the result of the request is unknown. */
export const brokenOff: Answer = (response) => response.socket?.destroy();

/** An object as an answer. */
export const found =
  (name: string, labels: Record<string, string> = {}): Answer =>
  (response) =>
    response.end(JSON.stringify({ metadata: { name, labels } }));

/** A line of a watch: `ADDED hall@4`, `BOOKMARK @7`, `ERROR 410 Expired`. */
export const event = (text: string): string => {
  const [type, what = '', reason = ''] = text.split(' ');
  return JSON.stringify({
    type,
    object:
      type === 'ERROR' ? { code: Number(what), reason, message: `the server says ${reason}` } : object(what),
  });
};

const object = (text: string) => {
  const [name, resourceVersion] = text.split('@');
  return { metadata: { name, uid: `uid-of-${name}`, resourceVersion } };
};
