import type { ExecOptions, ExecResult, PodTarget } from './exec.ts';
import type { ForwardSocket } from './port-forward.ts';
import type { SendRequest } from './request.ts';

/**
 * What a request wants to do, in the words in which Kubernetes says whether it may: `get`, `list`, `watch`,
 * `create`, ... and of what.
 */
export type Access = {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  namespace?: string;
  name?: string;
};

/** Looks at what a request wants before it is sent; throws where it may not. */
export type Permit = (access: Access) => void;

const verbs: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/**
 * Reads what a request wants from its method and path, as the API server does (k8s.io/apiserver,
 * endpoints/request/requestinfo.go). Undefined for what is no resource, as `/version`. A namespace itself is
 * in none.
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

/** Shows each request to `permit` before it is sent. */
export const permittedRequest =
  (request: SendRequest, permit: Permit): SendRequest =>
  async (path, options) => {
    const access = accessOf(options?.method ?? 'GET', path);
    if (access !== undefined) permit(access);
    return request(path, options);
  };

type Exec = (pod: PodTarget, command: string[], options?: ExecOptions) => Promise<ExecResult>;

/** Shows each exec to `permit` before it is sent. */
export const permittedExec =
  (exec: Exec, permit: Permit): Exec =>
  async (pod, ...command) => {
    permitStream(permit, 'exec', pod);
    return exec(pod, ...command);
  };

/** Shows each forward to `permit` before it is sent. */
export const permittedForward =
  (forward: ForwardSocket, permit: Permit): ForwardSocket =>
  async (to, socket) => {
    permitStream(permit, 'portforward', to);
    return forward(to, socket);
  };

// These go over web sockets, which begin with a GET, so Kubernetes asks whether the user may `get`; from
// v1.35 on it asks for `create` as well (kubernetes/kubernetes#134577).
const permitStream = (
  permit: Permit,
  subresource: string,
  { namespace, name }: Pick<PodTarget, 'namespace' | 'name'>,
): void => {
  for (const verb of ['get', 'create'])
    permit({ verb, group: '', resource: 'pods', subresource, namespace, name });
};
