import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Devices } from '../engine/device.ts';
import type { Log } from '../log.ts';
import type { Datastore } from '../manager/datastore.ts';
import type { Mutant } from '../mutants.ts';
import { readJsonBody } from './call.ts';
import { httpStatusOf, NotEmulated, toErrorResource } from './errors.ts';
import { describeMetrics } from './metrics.ts';
import { createLinks, type Links, longhornApiPort } from './resource.ts';
import { routes } from './routes.ts';

/** What the API handlers of a manager need. */
export type ApiOptions = {
  datastore: Datastore;
  /** The node of this manager, and the IP address of its pod. */
  node: string;
  ip: string;
  devices: Pick<Devices, 'trim'>;
  mutant: Mutant | undefined;
  log: Log;
  signal: AbortSignal;
};

/** The parts of a request's path, /v1/KIND/NAME, and its action. */
type Target = { kind: string; name: string; action: string; pathname: string };

/** Parses the URL of a request. Returns undefined for an invalid URL. */
export const parseRequestTarget = (url: string | undefined): Target | undefined => {
  try {
    const { pathname, searchParams } = new URL(url ?? '/', 'http://api');
    const [, , kind = '', name = ''] = pathname.split('/');
    return { kind, name: decodeURIComponent(name), action: searchParams.get('action') ?? '', pathname };
  } catch {
    return undefined;
  }
};

const keyOf = (method: string | undefined, { kind, name, action }: Target): string =>
  `${method} ${kind}${name && '/*'}${action && `?${action}`}`;

// Longhorn forwards these requests to a manager that has the default engine image. The links in the response
// contain that manager's address, whatever host the client used.
const forwardedKinds = ['backupvolumes'];

/** Returns the links of a response. `host` is the Host header of the request. */
export const linksFor = ({ kind, pathname }: Target, host: string, { ip }: ApiOptions): Links =>
  createLinks(`http://${forwardedKinds.includes(kind) ? `${ip}:${longhornApiPort}` : host}`, pathname);

const send = (response: ServerResponse, status: number, body: object | undefined): void => {
  response.writeHead(status, body && { 'content-type': 'application/json' });
  response.end(body && `${JSON.stringify(body)}\n`);
};

/** Handles one request to /v1. */
export const handleRequest = async (
  options: ApiOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const target = parseRequestTarget(request.url);
  if (!target) {
    response.writeHead(400).end();
    return;
  }
  if (request.method === 'GET' && target.pathname === '/metrics') {
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(describeMetrics(options));
    return;
  }
  const links = linksFor(target, request.headers.host ?? '', options);
  if (target.pathname !== '/' && target.pathname.endsWith('/')) {
    response.writeHead(301, { location: target.pathname.slice(0, -1) }).end();
    return;
  }
  try {
    const action = routes[keyOf(request.method, target)];
    if (!action || !target.pathname.startsWith('/v1'))
      throw new NotEmulated(`${request.method} ${request.url}`);
    const body = await action({
      datastore: options.datastore,
      mutant: options.mutant,
      node: options.node,
      devices: options.devices,
      name: target.name,
      input: await readJsonBody(request),
      links,
    });
    send(response, body || request.method === 'DELETE' ? 200 : 404, body);
  } catch (error) {
    options.log.warning('HTTP handling error', { error });
    send(response, httpStatusOf(error), toErrorResource(error, links));
  }
};
