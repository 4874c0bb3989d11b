/** What pods that appear from now on see for a while: the state of a revision, as from an API server that lags behind. */
export type StaleRule = {
  /** How the names of such pods begin, and the uids of those that are there already. */
  pods: string;
  except: string[];
  /** The revision of etcd that they see. */
  revision: string;
  /** For so long from the first read of a pod on, in ms. */
  lasts: number;
};

/** A read of a pod. */
type Read = { method: string | undefined; url: string | undefined; pod: { name: string; uid: string } };

/** What becomes of it: it goes on, perhaps with another URL, after a while, or the pod is told to ask in another way. */
export type ReadWord = { do: 'pass'; url?: string; after?: number } | { do: 'refuse' };

/**
 * Reads as from an API server that lags behind: only what may come from its cache is old. That is a list from any
 * revision (`resourceVersion=0`, the first of an informer), and the events after it, which come when the while is over.
 */
export const createStaleReads = ({ pods, except, revision, lasts }: StaleRule, now = Date.now) => {
  const begun = new Map<string, number>();
  let lists = 0;
  return {
    /** How many lists were of that revision. */
    lists: () => lists,
    read: ({ method, url = '', pod }: Read): ReadWord => {
      if (method !== 'GET' || !pod.name.startsWith(pods) || except.includes(pod.uid)) return { do: 'pass' };
      const first = begun.get(pod.uid) ?? now();
      begun.set(pod.uid, first);
      const left = first + lasts - now();
      if (left <= 0) return { do: 'pass' };
      const [path = '', query] = url.split('?');
      const asked = new URLSearchParams(query);
      const isWatch = ['1', 'true'].includes(asked.get('watch') ?? '');
      // A client that is refused the list as events asks for a list.
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
