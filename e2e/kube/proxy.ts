import { BlockList, isIP } from 'node:net';

type Environment = Record<string, string | undefined>;

const variable = (environment: Environment, name: string): string =>
  environment[name] || environment[name.toLowerCase()] || '';

const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '').toLowerCase();

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const isWithin = (host: string, network: string): boolean => {
  const [address = '', bits = ''] = network.split('/');
  if (isIP(address) === 0 || isIP(host) === 0 || !/^\d{1,3}$/.test(bits)) return false;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), familyOf(address));
  return list.check(host, familyOf(host));
};

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || isWithin(host, '127.0.0.0/8');

// Follows Go's NO_PROXY: names with or without a leading dot, with a port, addresses, networks, or * for all.
const isExempt = (url: URL, entry: string): boolean => {
  if (entry === '*') return true;
  const host = hostOf(url);
  if (entry.includes('/')) return isWithin(host, entry);
  if (isIP(entry) !== 0) return host === entry;
  const [, name = '', port] = /^(?:\*(?=\.))?(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(entry) ?? [];
  if (port !== undefined && port !== (url.port || (url.protocol === 'http:' ? '80' : '443'))) return false;
  if (name === '') return false;
  const bare = name.replace(/^\[|\]$/g, '');
  return bare.startsWith('.') ? host.endsWith(bare) : host === bare || host.endsWith(`.${bare}`);
};

/**
 * The proxy for a server from HTTPS_PROXY, HTTP_PROXY and NO_PROXY, as kubectl selects it. Undefined if there is
 * none. Servers on this machine never use a proxy.
 */
export const proxyFor = (server: string, environment: Environment): string | undefined => {
  const url = new URL(server);
  const name = url.protocol === 'http:' ? 'HTTP_PROXY' : 'HTTPS_PROXY';
  const proxy = variable(environment, name);
  if (proxy === '' || isLoopback(hostOf(url))) return undefined;
  const exempt = variable(environment, 'NO_PROXY').toLowerCase().split(',');
  if (exempt.some((entry) => isExempt(url, entry.trim()))) return undefined;
  const written = /^\w+:\/\//.test(proxy) ? proxy : `http://${proxy}`;
  if (!URL.canParse(written) || !/^(?:https?|socks\w*):$/.test(new URL(written).protocol))
    throw new Error(`${name} names no proxy that can be used: give a URL with http, https or socks5`);
  return written;
};
