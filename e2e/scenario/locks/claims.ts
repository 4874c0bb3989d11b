/** What one holder wants: names together with others, and names for itself alone. */
export type Claim = { shared: readonly string[]; alone: readonly string[] };

/** Who holds what, and who waits. */
export type Claims = {
  /**
   * Gives back whatever this holder has and queues for the claim as a whole; `granted` is called when it has all of it, which may be at once.
   * As nobody keeps a name while waiting for another, nobody can wait in a circle.
   */
  ask(holder: string, claim: Claim, granted: () => void): void;
  /** Gives everything back, also a place in the line. */
  leave(holder: string): void;
  holders(): string[];
};

type Asked = { holder: string; claim: Claim; granted: () => void };

const meets = (alone: readonly string[], other: Claim): boolean =>
  alone.some((name) => other.alone.includes(name) || other.shared.includes(name));

/** Whether two claims cannot be held at the same time. */
export const areAtOdds = (one: Claim, other: Claim): boolean => meets(one.alone, other) || meets(other.alone, one);

/**
 * Reader/writer locks on names, for at most `places` holders at once.
 * First come, first served: nobody overtakes a claim that is at odds with its own, so that no stream of newcomers can starve who waits for a name alone.
 */
export const createClaims = ({ places = Number.POSITIVE_INFINITY }: { places?: number } = {}): Claims => {
  const held = new Map<string, Claim>();
  let line: Asked[] = [];

  const forget = (holder: string): void => {
    held.delete(holder);
    line = line.filter((asked) => asked.holder !== holder);
  };
  const serve = (): void => {
    const still: Asked[] = [];
    const served: Asked[] = [];
    for (const asked of line) {
      const before = [...held.values(), ...still.map(({ claim }) => claim)];
      if (held.size >= places || before.some((claim) => areAtOdds(claim, asked.claim))) still.push(asked);
      else {
        held.set(asked.holder, asked.claim);
        served.push(asked);
      }
    }
    line = still;
    for (const { granted } of served) granted();
  };
  return {
    ask: (holder, claim, granted) => {
      forget(holder);
      line.push({ holder, claim, granted });
      serve();
    },
    leave: (holder) => {
      forget(holder);
      serve();
    },
    holders: () => [...held.keys()],
  };
};
