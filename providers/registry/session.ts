import { z } from 'zod';
import { NotFit } from '../../e2e/machine/not-fit.ts';
import type { Address } from './address.ts';
import { ask } from './ask.ts';

/** One repository of a registry, as it is asked for documents and blobs. */
export type Session = {
  /** Undefined when there is no such thing. */
  get(path: string, accept?: string): Promise<Response | undefined>;
};

const tokenSchema = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/**
 * What stands in `WWW-Authenticate: Bearer realm="...",service="...",scope="..."`; undefined for any other
 * way to prove who one is.
 */
const parseChallenge = (header: string): Record<string, string> | undefined => {
  if (!/^bearer /i.test(header)) return undefined;
  return Object.fromEntries(
    [...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
  );
};

/** Fetches a token as somebody without a name: registries hand them out for what everybody may read. */
const anonymousToken = async (header: string, { root, repository }: Address): Promise<string> => {
  const { host } = new URL(root);
  const { realm, service, scope = `repository:${repository}:pull` } = parseChallenge(header) ?? {};
  if (realm === undefined || !URL.canParse(realm))
    throw new NotFit({
      code: 'registry-password',
      what: `${host} wants a password for ${repository}`,
      remedy: 'name a --registry-mirror that lets everybody read',
    });
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  const answer = await ask(url.href);
  const { token, access_token: other } = tokenSchema.catch({}).parse(await answer.json().catch(() => ({})));
  const given = token ?? other;
  if (given === undefined)
    throw new NotFit({
      code: 'registry-no-token',
      what: `${url.host} gives no token to read ${repository} of ${host} (status ${answer.status})`,
    });
  return given;
};

const errorsSchema = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) });

/** Why a registry refuses, in its own words where it has some. */
const reasonOf = async (answer: Response): Promise<string> => {
  const said = errorsSchema.safeParse(await answer.json().catch(() => undefined));
  return `status ${answer.status}${said.success ? `: ${said.data.errors[0]?.message}` : ''}`;
};

/**
 * Opens a repository; whoever asks proves nothing, or what a token for everybody proves. Throws NotFit for
 * whatever a registry refuses.
 */
export const openSession = (address: Address): Session => {
  const { root, repository } = address;
  let authorization: Record<string, string> = {};
  return {
    get: async (path, accept = '*/*') => {
      const url = `${root}/v2/${repository}/${path}`;
      const once = () => ask(url, { accept, ...authorization });
      let answer = await once();
      if (answer.status === 401 && authorization.authorization === undefined) {
        await answer.body?.cancel();
        authorization = {
          authorization: `Bearer ${await anonymousToken(answer.headers.get('www-authenticate') ?? '', address)}`,
        };
        answer = await once();
      }
      if (answer.ok) return answer;
      if (answer.status === 404) {
        await answer.body?.cancel();
        return undefined;
      }
      throw new NotFit({
        code: 'registry-refuses',
        what: `${new URL(root).host} refuses ${repository}/${path} (${await reasonOf(answer)})`,
      });
    },
  };
};
