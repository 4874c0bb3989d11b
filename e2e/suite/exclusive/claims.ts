/**
 * What one holder wants: names together with others, and names for itself alone; and how long it is expected
 * to take, in ms, where it says so. `withoutPlace`: it is not at work on what it holds, and takes no place.
 * `last`: it is granted when no other holder has or wants anything, and nobody is granted anything beside it.
 */
export type Claim = {
  shared: readonly string[];
  exclusive: readonly string[];
  expected?: number;
  withoutPlace?: boolean;
  last?: boolean;
};

/** Who holds what, and who waits. */
export type Claims = {
  /**
   * Releases whatever this holder has and queues for the claim as a whole; `granted` is called when it has
   * all of it, which may be at once. As nobody keeps a name while waiting for another, nobody can wait in a
   * circle. `refused` is called instead where one that is to begin comes after the last failure.
   */
  ask(holder: string, claim: Claim, granted: () => void, refused?: () => void): void;
  /** Counts a failure: after as many as are allowed, nobody begins any more. */
  fail(): void;
  /** Releases its place, and keeps the names that it holds. */
  releasePlace(holder: string): void;
  /**
   * Its place is another's for as long as it only waits. Back at work it goes on at once, so for a while more
   * may be at work than there are places.
   */
  pause(holder: string): void;
  /** Is at work again. */
  resume(holder: string): void;
  /**
   * Releases its place, for who has nothing urgent to do any more; `granted` is called when it has its names,
   * which mostly is at once. Where it would be the last one that somebody who wants a name alone has to wait
   * for, that one goes first, and so do those behind it in line.
   */
  letOthersFirst(holder: string, granted: () => void): void;
  /** Releases everything, also a place in the line. */
  release(holder: string): void;
  /** Nobody is granted anything before so many more holders have come. */
  awaits(more: number): void;
  /** From now on so many are at work at once; who is at work stays. */
  limit(places: number): void;
  /** How many are at work now, those that clean up not among them. */
  atWork(): number;
  holders(): string[];
};

type ClaimRequest = { holder: string; claim: Claim; granted: () => void; refused?: (() => void) | undefined };

const meets = (exclusive: readonly string[], other: Claim): boolean =>
  exclusive.some((name) => other.exclusive.includes(name) || other.shared.includes(name));

/** Whether two claims cannot be held at the same time. */
export const areAtOdds = (one: Claim, other: Claim): boolean =>
  one.last === true || other.last === true || meets(one.exclusive, other) || meets(other.exclusive, one);

/**
 * For how many at once, how many may have begun, those that only wait among them, and after how many failures
 * none begins: see createClaims.
 */
export type ClaimsOptions = { places?: number; begun?: number; maxFailures?: number };

/**
 * Reader/writer locks on names, for at most `places` holders at work at once, and `begun` with those that only
 * wait. First come, first served: nobody overtakes a claim that is at odds with its own, so that no stream of
 * newcomers can starve who waits for a name alone. Among those who say how long they take, and stand in line
 * side by side, the longest come first: all of them end the sooner. Nobody is granted anything before all that
 * are awaited have come, as the first would else have the places. After `maxFailures`, who says how long it
 * takes is refused, as it is to begin.
 */
export const createClaims = ({
  places: placesAtFirst = Number.POSITIVE_INFINITY,
  begun: mostBegun = placesAtFirst,
  maxFailures = Number.POSITIVE_INFINITY,
}: ClaimsOptions = {}): Claims => {
  const held = new Map<string, Claim>();
  const waiting = new Set<string>();
  const come = new Set<string>();
  let places = placesAtFirst;
  let failures = 0;
  let awaited = 0;
  let line: ClaimRequest[] = [];

  const stand = (request: ClaimRequest): void => {
    const { expected } = request.claim;
    // Who does not say how long it takes waits for a name alone, and is not overtaken.
    const isAhead = ({ claim }: ClaimRequest): boolean =>
      expected === undefined || claim.expected === undefined || claim.expected >= expected;
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
  /**
   * Whether nobody but this holder, and others that take no place, stands between a claim in line and its
   * names.
   */
  const isLastFor = (holder: string, { claim }: ClaimRequest): boolean => {
    const ahead = line.slice(
      0,
      line.findIndex((request) => request.claim === claim),
    );
    const atWork = [...held].filter(([who, { withoutPlace }]) => who !== holder && !withoutPlace);
    return ![...atWork.map(([, each]) => each), ...ahead.map((request) => request.claim)].some((each) =>
      areAtOdds(each, claim),
    );
  };
  const begun = (): string[] =>
    [...held].filter(([, { withoutPlace }]) => !withoutPlace).map(([holder]) => holder);
  const atWork = (): number => begun().filter((holder) => !waiting.has(holder)).length;
  const isFull = (): boolean => atWork() >= places || begun().length >= mostBegun;
  const serve = (): void => {
    refuse();
    if (come.size < awaited) return;
    const still: ClaimRequest[] = [];
    const served: ClaimRequest[] = [];
    for (const request of line) {
      const before = [...held.values(), ...still.map(({ claim }) => claim)];
      if (
        (!request.claim.withoutPlace && isFull()) ||
        before.some((claim) => areAtOdds(claim, request.claim))
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
      const next = line.find((request) => areAtOdds(request.claim, claim));
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
    atWork,
    holders: () => [...held.keys()],
  };
};
