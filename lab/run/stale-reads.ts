/**
 * Lets pods that appear from now on see the state of an old revision for a while, as from an API server that
 * lags behind.
 */
export type StaleRule = {
  /** The prefix of the names of such pods, and the UIDs of the existing ones, which are excluded. */
  pods: string;
  except: string[];
  /** The etcd revision that they see. */
  revision: string;
  /** Duration from a pod's first read, in ms. */
  lasts: number;
};

/** A read by a pod. */
type Read = { method: string | undefined; url: string | undefined; pod: { name: string; uid: string } };

/**
 * The decision about a read: it passes, perhaps with another URL or after a delay in ms, or it is refused and
 * the pod must send another kind of request.
 */
export type ReadDecision = { do: 'pass'; url?: string; after?: number } | { do: 'refuse' };

/**
 * Simulates an API server that lags behind. Only responses from its cache are old: a list from any revision
 * (`resourceVersion=0`, the first of an informer), and the events after it, which arrive at the end of the duration.
 */
export const createStaleReads = ({ pods, except, revision, lasts }: StaleRule, now = Date.now) => {
  const begun = new Map<string, number>();
  let lists = 0;
  return {
    /** Number of lists that were answered with that revision. */
    lists: () => lists,
    read: ({ method, url = '', pod }: Read): ReadDecision => {
      if (method !== 'GET' || !pod.name.startsWith(pods) || except.includes(pod.uid)) return { do: 'pass' };
      const first = begun.get(pod.uid) ?? now();
      begun.set(pod.uid, first);
      const left = first + lasts - now();
      if (left <= 0) return { do: 'pass' };
      const [path = '', query] = url.split('?');
      const asked = new URLSearchParams(query);
      const isWatch = ['1', 'true'].includes(asked.get('watch') ?? '');
      // A client that is refused a list as events sends a plain list.
      if (asked.get('sendInitialEvents') === 'true') return { do: 'refuse' };
      if (isWatch) return { do: 'pass', after: left };
      if (asked.get('resourceVersion') !== '0') return { do: 'pass' };
      asked.set('resourceVersion', revision);
      asked.set('resourceVersionMatch', 'Exact');
      lists += 1;
      return { do: 'pass', url: `${path}?${asked}` };
    },
  };
};
