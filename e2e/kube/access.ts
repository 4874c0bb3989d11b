import type { ExecOptions, ExecResult, PodTarget } from './exec.ts';
import type { ForwardSocket } from './port-forward.ts';
import type { SendRequest } from './request.ts';

/** The verb and object of a request, in the terms of Kubernetes authorization: `get`, `list`, `watch`, `create`, ... */
export type Access = {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
};

/** Checks a request before it is sent. Throws if it is not allowed. */
export type Permit = (access: Access) => void;

const verbs: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/**
 * Derives the access of a request from its method and path, as the API server does (k8s.io/apiserver,
 * endpoints/request/requestinfo.go). Undefined for paths that are no resource, such as `/version`. A Namespace object
 * has no namespace.
 */
export const accessOf = (method: string, path: string): Access | undefined => {
  const [before = '', query = ''] = path.split('?');
  const parts = before
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const [root, ...rest] = parts;
  if ((root !== 'api' && root !== 'apis') || rest.length < (root === 'api' ? 2 : 3)) return undefined;
  const group = root === 'api' ? '' : (rest[0] ?? '');
  const inGroup = rest.slice(root === 'api' ? 1 : 2);
  const isNamespaced = inGroup[0] === 'namespaces' && inGroup.length > 2;
  const [resource = '', named, subresource] = isNamespaced ? inGroup.slice(2) : inGroup;
  const parameters = new URLSearchParams(query);
  const name = named ?? /^metadata\.name=([^,]+)$/.exec(parameters.get('fieldSelector') ?? '')?.[1];
  const read =
    named !== undefined ? 'get' : ['true', '1'].includes(parameters.get('watch') ?? '') ? 'watch' : 'list';
  const write = method === 'DELETE' && named === undefined ? 'deletecollection' : verbs[method];
  return {
    verb: write ?? read,
    group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(isNamespaced ? { namespace: inGroup[1] ?? '' } : {}),
    ...(name === undefined ? {} : { name }),
  };
};

/** Wraps `request` so that `permit` checks each request before it is sent. */
export const permittedRequest =
  (request: SendRequest, permit: Permit): SendRequest =>
  async (path, options) => {
    const access = accessOf(options?.method ?? 'GET', path);
    if (access !== undefined) permit(access);
    return request(path, options);
  };

type Exec = (pod: PodTarget, command: string[], options?: ExecOptions) => Promise<ExecResult>;

/** Wraps `exec` so that `permit` checks each exec before it is sent. */
export const permittedExec =
  (exec: Exec, permit: Permit): Exec =>
  async (pod, ...command) => {
    permitStream(permit, 'exec', pod);
    return exec(pod, ...command);
  };

/** Wraps `forward` so that `permit` checks each port-forward before it is sent. */
export const permittedForward =
  (forward: ForwardSocket, permit: Permit): ForwardSocket =>
  async (to, socket) => {
    permitStream(permit, 'portforward', to);
    return forward(to, socket);
  };

// These streams use WebSockets, which start with a GET, so Kubernetes checks the verb `get`. From v1.35 on it checks
// `create` as well (kubernetes/kubernetes#134577).
const permitStream = (
  permit: Permit,
  subresource: string,
  { namespace, name }: Pick<PodTarget, 'namespace' | 'name'>,
): void => {
  for (const verb of ['get', 'create'])
    permit({ verb, group: '', resource: 'pods', subresource, namespace, name });
};
