/**
 * What a holder asks for: names that it shares, and names of which it has exclusive use. `expected`: estimated
 * duration in ms. `withoutPlace`: it does not run, so it needs no place. `last`: it is granted only when no other
 * holder has or wants anything, and nobody else is granted anything meanwhile.
 */
export type Claim = {
  shared: readonly string[];
  exclusive: readonly string[];
  expected?: number;
  withoutPlace?: boolean;
  last?: boolean;
};

/** The locks that holders have, and the queue of requests. */
export type Claims = {
  /**
   * Releases everything that this holder has and puts its whole claim in the queue. Calls `granted` when the whole
   * claim is granted, possibly at once. Deadlocks are impossible: a holder keeps nothing while it waits. Calls
   * `refused` if `maxFailures` was reached before the holder began.
   */
  ask(holder: string, claim: Claim, granted: () => void, refused?: () => void): void;
  /** Counts a failure. After `maxFailures` failures, no new holder begins. */
  fail(): void;
  /** Releases the holder's place. It keeps its names. */
  releasePlace(holder: string): void;
  /**
   * Lends the holder's place to others while it only waits. After `resume` it goes on at once, so more holders than
   * places may run for a while.
   */
  pause(holder: string): void;
  /** Ends a pause: the holder runs again. */
  resume(holder: string): void;
  /**
   * Releases the place of a holder whose remaining work is not urgent, and calls `granted` when it has its names,
   * usually at once. If it is the only holder that blocks an exclusive claim, that claim goes first, and so do
   * those of holders that have begun and asked before this one.
   */
  letOthersFirst(holder: string, granted: () => void): void;
  /** Releases everything, and the holder's position in the queue. */
  release(holder: string): void;
  /** Nothing is granted before this number of additional holders have asked. */
  awaits(more: number): void;
  /** Sets the maximum number of running holders. Those that run already go on. */
  limit(places: number): void;
  /** The number of running holders, without those in their cleanup. */
  countRunning(): number;
  holders(): string[];
};

type ClaimRequest = { holder: string; claim: Claim; granted: () => void; refused?: (() => void) | undefined };

const meets = (exclusive: readonly string[], other: Claim): boolean =>
  exclusive.some((name) => other.exclusive.includes(name) || other.shared.includes(name));

/** Whether two claims conflict, so that they cannot be held at the same time. */
export const areInConflict = (one: Claim, other: Claim): boolean =>
  one.last === true || other.last === true || meets(one.exclusive, other) || meets(other.exclusive, one);

/**
 * Limits: `places` running holders, `begun` running or paused ones, `prepared` holders that wait with objects in the
 * cluster, and `maxFailures`. See createClaims.
 */
export type ClaimsOptions = { places?: number; begun?: number; prepared?: number; maxFailures?: number };

/**
 * Creates reader/writer locks on names. Claims are served in order, so an exclusive claim cannot starve. Adjacent claims
 * with an expected duration are sorted longest first, which shortens the run. If `prepared` holders wait with objects in
 * the cluster, they all go before those that have not begun. `maxFailures` refuses only the latter.
 */
export const createClaims = ({
  places: placesAtFirst = Number.POSITIVE_INFINITY,
  begun: mostBegun = placesAtFirst,
  prepared: mostPrepared = 8,
  maxFailures = Number.POSITIVE_INFINITY,
}: ClaimsOptions = {}): Claims => {
  const held = new Map<string, Claim>();
  const waiting = new Set<string>();
  const come = new Set<string>();
  let places = placesAtFirst;
  let failures = 0;
  let awaited = 0;
  let line: ClaimRequest[] = [];
  let preparedFirst = false;

  const isPrepared = ({ claim }: ClaimRequest): boolean =>
    claim.expected === undefined && claim.last !== true;
  const letPreparedFirst = (): void => {
    const [prepared, others] = [line.filter(isPrepared), line.filter((request) => !isPrepared(request))];
    const exclusive = prepared.filter(({ claim }) => claim.exclusive.length > 0);
    preparedFirst = exclusive.length >= (preparedFirst ? 1 : mostPrepared);
    if (preparedFirst) line = [...prepared, ...others];
  };
  const stand = (request: ClaimRequest): void => {
    const { expected, exclusive } = request.claim;
    // Who has begun has no expected duration. Nobody overtakes it, and it overtakes those that have not begun if it
    // only shares.
    const isAhead = ({ claim }: ClaimRequest): boolean => {
      if (claim.expected === undefined) return true;
      return expected === undefined ? exclusive.length > 0 : claim.expected >= expected;
    };
    const others = line.filter(({ claim }) => claim.last !== true);
    const ahead = request.claim.last ? line.length : others.findLastIndex(isAhead) + 1;
    line.splice(ahead, 0, request);
  };

  const refuse = (): void => {
    if (failures < maxFailures) return;
    const begins = ({ claim }: ClaimRequest): boolean => claim.expected !== undefined || claim.last === true;
    const late = line.filter(begins);
    line = line.filter((request) => !begins(request));
    for (const { refused } of late) refused?.();
  };
  const forget = (holder: string): void => {
    held.delete(holder);
    waiting.delete(holder);
    line = line.filter((request) => request.holder !== holder);
  };
  /** Whether this holder alone blocks a claim in the line, apart from holders without a place. */
  const isLastFor = (holder: string, { claim }: ClaimRequest): boolean => {
    const ahead = line.slice(
      0,
      line.findIndex((request) => request.claim === claim),
    );
    const others = [...held].filter(([who, { withoutPlace }]) => who !== holder && !withoutPlace);
    return ![...others.map(([, each]) => each), ...ahead.map((request) => request.claim)].some((each) =>
      areInConflict(each, claim),
    );
  };
  const begun = (): string[] =>
    [...held].filter(([, { withoutPlace }]) => !withoutPlace).map(([holder]) => holder);
  const countRunning = (): number => begun().filter((holder) => !waiting.has(holder)).length;
  const isFull = (): boolean => countRunning() >= places || begun().length >= mostBegun;
  const serve = (): void => {
    refuse();
    if (come.size < awaited) return;
    const still: ClaimRequest[] = [];
    const served: ClaimRequest[] = [];
    letPreparedFirst();
    for (const request of line) {
      const before = [...held.values(), ...still.map(({ claim }) => claim)];
      if (
        (!request.claim.withoutPlace && isFull()) ||
        before.some((claim) => areInConflict(claim, request.claim))
      )
        still.push(request);
      else {
        held.set(request.holder, request.claim);
        served.push(request);
      }
    }
    line = still;
    for (const { granted } of served) granted();
  };
  return {
    fail: () => {
      failures += 1;
      serve();
    },
    ask: (holder, claim, granted, refused) => {
      forget(holder);
      come.add(holder);
      stand({ holder, claim, granted, refused });
      serve();
    },
    releasePlace: (holder) => {
      const claim = held.get(holder);
      if (claim !== undefined) held.set(holder, { ...claim, withoutPlace: true });
      serve();
    },
    pause: (holder) => {
      waiting.add(holder);
      serve();
    },
    resume: (holder) => void waiting.delete(holder),
    letOthersFirst: (holder, granted) => {
      const { shared = [], exclusive = [] } = held.get(holder) ?? {};
      const claim = { shared, exclusive, withoutPlace: true };
      const next = line.find((request) => areInConflict(request.claim, claim));
      if (next === undefined || !isLastFor(holder, next)) {
        held.set(holder, claim);
        granted();
      } else {
        forget(holder);
        stand({ holder, claim, granted });
      }
      serve();
    },
    release: (holder) => {
      forget(holder);
      serve();
    },
    awaits: (more) => {
      awaited += more;
    },
    limit: (most) => {
      places = most;
      serve();
    },
    countRunning,
    holders: () => [...held.keys()],
  };
};
