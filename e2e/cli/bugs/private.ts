import { isIP } from 'node:net';
import { redact } from '../../kube/redact/redact.ts';
import { longhornNamespace } from '../../longhorn/resources.ts';
import type { Kubernetes } from '../../report/schema.ts';

/** Removes secrets and all data that identify a cluster or a machine from a text. */
export type Redact = (text: string) => string;

// The fields of objects with the name of a node or a namespace. The same names also occur in messages.
const ofNode = /"(?:ownerID|nodeID|currentNodeID|nodeName|hostname|kubernetes\.io\/hostname)":"([^"]+)"/g;
const ofNamespace = /"namespace":"([^"]+)"/g;
const knownNamespaces = [longhornNamespace, 'default', 'kube-system'];

// Paths and hosts of Longhorn's images or of any cluster. They identify nobody.
const knownPath =
  /^\/(?:app|backupstore|dev|engine-binaries|go|host|proc|usr|v1|var\/lib\/longhorn(?:-backupstore-mounts)?)(?:\/|$)/;
const knownHost =
  /^(?:longhorn-[a-z-]+|kubernetes|localhost)$|(?:^|\.)(?:longhorn\.io|k8s\.io|kubernetes\.io|github\.com|golang\.org)$/;
// Names with dots that are no hosts: files, versions, and Go packages.
const isFile = /\.(?:blk|cfg|go|gz|img|json|lck|log|md|meta|ndjson|so|svc|sh|tar|ts|tsx|txt|yaml|zip)$/;

const address =
  /\b\d{1,3}(?:\.\d{1,3}){3}\b|(?<![\w:.])(?=[0-9a-f:]*:[0-9a-f:]*:)[0-9a-f:]{2,}(?:%\w+)?(?![\w:])/gi;
const urlHost = /\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@"']*@)?(\[[^\]\s]+\]|[^\s/:?#"'\]]+)/gi;
const host = /(?<![\w./@-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?![\w(-])/g;
const path =
  /(?<![\w.:/\\*)}\]$~-])(?:~|\/[\w.@+-]+)(?:\/[\w.@+-]+)+\/?|(?<=:)\/(?!\/)[\w.@+-]+(?:\/[\w.@+-]+)*/g;

/**
 * Creates a function for texts that will be published. It removes secrets, addresses, hosts, paths, and the names of
 * the cluster's nodes, namespaces and context, which it finds in `kept` (the evidence of the run).
 */
export const redactFor = (kubernetes: Kubernetes | null, kept: string): Redact => {
  const names = new Map<string, string>();
  const number = (what: string, found: Iterable<RegExpMatchArray>, known: readonly string[] = []): void => {
    const values = new Set([...found].flatMap(([, value = '']) => (known.includes(value) ? [] : value)));
    for (const [index, value] of [...values].entries()) names.set(value, `${what}-${index + 1}`);
  };
  number('NAMESPACE', kept.matchAll(ofNamespace), knownNamespaces);
  number('NODE', kept.matchAll(ofNode));
  if (kubernetes !== null) {
    names.set(kubernetes.context, 'CONTEXT');
    names.set(kubernetes.server, 'API-SERVER');
  }
  // The longest name comes first, because it may contain a shorter one.
  const ordered = [...names]
    .filter(([value]) => value !== '')
    .toSorted(([one], [other]) => other.length - one.length);
  return (text) =>
    ordered
      .reduce((done, [value, instead]) => replaceWord(done, value, instead), redact(text))
      .replace(urlHost, (whole, scheme: string, name: string) =>
        knownHost.test(name) ? whole : `${scheme}HOST`,
      )
      .replace(address, (found) => (isIP(found.replace(/%.*$/, '')) === 0 ? found : 'ADDRESS'))
      .replace(host, (found) => (knownHost.test(found) || isFile.test(found) ? found : 'HOST'))
      .replace(path, (found) => (knownPath.test(found) ? found : 'PATH'));
};

const replaceWord = (text: string, value: string, instead: string): string =>
  text.replaceAll(new RegExp(`(?<![\\w.-])${RegExp.escape(value)}(?![\\w-]|\\.\\w)`, 'g'), instead);
