import { describe, expect, test } from 'vitest';
import type { Claim } from '../../../e2e/suite/exclusive/claims.ts';
import { areInConflict, createClaims } from '../../../e2e/suite/exclusive/claims.ts';
import { createRandom } from '../../history/schedules/random.ts';

/** Names in capitals are wanted alone; a number is how long it takes, a tilde asks for no place, a caret comes last. */
const claimOf = (words: string): Claim => ({
  shared: words.match(/[a-z]/g) ?? [],
  exclusive: (words.match(/[A-Z]/g) ?? []).map((name) => name.toLowerCase()),
  withoutPlace: words.includes('~'),
  last: words.includes('^'),
  ...(/\d/.test(words) && { expected: Number(words.replace(/\D/g, '')) }),
});

/**
 * What the schedules below do not judge. Each turn is who, what it claims or does, and who is granted what by
 * that; with a !, its cleanup. "3:limit": there are three places from now on; "3:awaits": as many more are to
 * come. Options stand before.
 */
const stories = {
  'who releases its place keeps its names, and who asks for no place needs none':
    'places=1 ends:a>ends next:a w:A ends:releasePlace>next released:~>released released:a~ next:release ends:release>w w:release>released',
  'who only waits leaves its place to another and goes on at once; only so many have begun':
    'places=2 begun=3 1:a>1 2:a>2 3:a 4:a 1:pause>3 2:pause 1:resume 3:release>4 5:a 1:release>5 6:a 2:resume 4:release 5:release>6',
  'with more places more begin at once; with fewer nobody is stopped, and who ends is not replaced':
    'places=1 begun=3 one:a>one two:a three:a four:a 3:limit>two+three 1:limit one:release two:release three:release>four',
  'none begins for one that waits, where none is to': 'places=1 1:a>1 2:a 1:pause 1:release>2',
  'who only waits stands before who wants a name alone, for those who clean up as well':
    'waits:a>waits ends:a>ends w:A waits:pause ends:first>ends!',
  'who cleans up goes on and nobody overtakes, unless it alone stands before who wants a name alone':
    'places=3 1:ab9>1 2:ab9>2 3:ab9>3 w:A late:ab9 1:first>1! 2:first>2! 1:release 3:first 2:release>w w:release>3!+late',
  'who waits for others in line as well is not let go first':
    'places=1 working:a9>working next:a9 w:A working:first>working!+next',
  'who wants other names alone, or cleans up already, holds up nobody who cleans up':
    '1:a>1 2:b>2 w:B 1:first>1! nobody:first>nobody!',
  'the longest come first, in whatever order they came; of two as long, who came first':
    'places=1 4:awaits short:a10 long:a90 also:a90 mean:a50>long long:release>also also:release>mean mean:release>short',
  'nobody is granted anything before all that are awaited have come, and nobody waits for who came and went':
    '1:awaits 2:awaits one:a two:a one:release three:a>two+three',
  'who has begun and only shares goes before those that have not begun, and after those that want it alone':
    'places=1 1:a>1 next:a9 back:a w:A also:a 1:release>back back:release>next next:release>w w:release>also',
  'who comes last waits for all others, holds nobody up, and has nobody beside it':
    'places=2 1:a>1 2:a>2 again:^a w:A late:a9 1:first>1! 2:release 1:release>w w:release>late also:^a next:a9>next late:release next:release>again new:a9 again:release>new new:release>also',
  'as many as may wait with what they have made go before those that have not begun, all of them':
    'places=2 prepared=2 1:a9>1 2:a9>2 3:a9 4:a9 5:a9 1:A>3 2:A 3:release>1 1:release>2 2:release>4+5',
  'who waits for a name alone is not overtaken by who takes longer':
    'places=1 1:a10>1 2:a10 w:A late:a90 later:a95 1:release>2 2:release>w w:release>later later:release>late',
};

test.each(Object.entries(stories))('%s', (_, story) => {
  const options = [...story.matchAll(/(\w+)=(\d)/g)].map(([, name, to]) => [name, Number(to)]);
  const { ask, awaits, release, releasePlace, pause, resume, letOthersFirst, limit } = createClaims(
    Object.fromEntries(options),
  );
  const granted: string[] = [];
  const acts: Record<string, (holder: string) => void> = {
    release,
    releasePlace,
    pause,
    resume,
    limit: (places) => limit(Number(places)),
    awaits: (count) => awaits(Number(count)),
    first: (holder) => letOthersFirst(holder, () => granted.push(`${holder}!`)),
  };
  const turns = story.split(' ').filter((turn) => !turn.includes('='));
  const outcome = turns.map((turn) => {
    const [done = ''] = turn.split('>');
    const [holder = '', does = ''] = done.split(':');
    const before = granted.length;
    if (acts[does]) acts[does](holder);
    else ask(holder, claimOf(does), () => granted.push(holder));
    return [done, granted.slice(before).join('+')].filter((part) => part !== '').join('>');
  });
  expect(outcome).toEqual(turns);
});

describe('schedules', () => {
  const names = ['a', 'b', 'c'] as const;
  const people = ['p', 'q', 'r', 's', 't'] as const;

  const simulate = (seed: number): void => {
    const { pick, chance } = createRandom(seed);
    let places = pick([1, 2, 5, Number.POSITIVE_INFINITY]);
    const most = places + pick([0, 2]);
    const claims = createClaims({ places, begun: most });
    const held = new Map<string, Claim>();
    const paused = new Set<string>();
    /** In the order of asking. */
    let line: { holder: string; claim: Claim }[] = [];
    let grants = 0;
    const toClaim = (): Claim => {
      const wanted = names.map((name) => [name, pick(['shared', 'exclusive', 'not', 'shared'])] as const);
      const those = (how: string) => wanted.filter(([, each]) => each === how).map(([name]) => name);
      return { shared: those('shared'), exclusive: those('exclusive'), withoutPlace: chance(0.2) };
    };
    const begun = () => [...held].filter(([, { withoutPlace }]) => !withoutPlace).map(([holder]) => holder);
    const forget = (holder: string) => {
      held.delete(holder);
      paused.delete(holder);
      line = line.filter((each) => each.holder !== holder);
    };
    const granted = (holder: string, claim: Claim) => {
      const place = line.findIndex((each) => each.holder === holder);
      expect(place, 'only who asked is granted').toBeGreaterThanOrEqual(0);
      const atOdds = [...held.values()].filter((each) => areInConflict(each, claim));
      expect(atOdds, 'no writer beside another').toEqual([]);
      const overtaken = line.slice(0, place).filter((each) => areInConflict(each.claim, claim));
      expect(overtaken, 'nobody overtakes').toEqual([]);
      forget(holder);
      held.set(holder, claim);
      if (!claim.withoutPlace) {
        expect(begun().filter((each) => !paused.has(each)).length).toBeLessThanOrEqual(places);
        expect(begun().length).toBeLessThanOrEqual(most);
      }
      grants += 1;
    };
    for (let step = 0; step < 300; step += 1) {
      const holder = pick(people);
      if (chance(0.05)) {
        places = pick([1, 2, 5]);
        claims.limit(places);
      }
      // An end of the work and a death look the same from here.
      if (chance(0.4)) {
        forget(holder);
        claims.release(holder);
      } else if (chance(0.2)) {
        const claim = held.get(holder);
        if (claim !== undefined) held.set(holder, { ...claim, withoutPlace: true });
        claims.releasePlace(holder);
      } else if (paused.has(holder)) {
        paused.delete(holder);
        claims.resume(holder);
      } else if (held.has(holder) && pick([1, 2, 3]) === 1) {
        paused.add(holder);
        claims.pause(holder);
      } else if (held.has(holder) && chance(0.3)) {
        const claim = { ...(held.get(holder) as Claim), withoutPlace: true };
        const first = line.find((each) => areInConflict(each.claim, claim));
        held.delete(holder);
        const inTheWay = (each: Claim) => first !== undefined && areInConflict(each, first.claim);
        const stands = [...held.values()].some((each) => !each.withoutPlace && inTheWay(each));
        line.push({ holder, claim });
        let isKept = true;
        claims.letOthersFirst(holder, () => {
          if (!isKept) return granted(holder, claim);
          line.pop();
          held.set(holder, claim);
        });
        isKept = false;
        const letsGo = !held.has(holder);
        if (letsGo) expect([first, stands], 'nobody lets go first who cannot go').toMatchObject([{}, false]);
      } else {
        const claim = toClaim();
        forget(holder);
        line.push({ holder, claim });
        claims.ask(holder, claim, () => granted(holder, claim));
      }
      expect(claims.holders().toSorted()).toEqual([...held.keys()].toSorted());
      expect(claims.countRunning()).toBe(begun().filter((each) => !paused.has(each)).length);
      // Nobody waits for nothing.
      if (held.size === 0) expect(line).toEqual([]);
    }
    // All that wait come to it, as long as those that hold end.
    for (let ends = 0; line.length > 0 && ends < 100; ends += 1) {
      const [first = ''] = held.keys();
      forget(first);
      claims.release(first);
    }
    expect(line).toEqual([]);
    expect(grants).toBeGreaterThan(20);
  };

  test.each(Array.from({ length: 10 }, (_, ten) => ten * 10))('of ten seeds from %i on', (from) => {
    for (let seed = from; seed < from + 10; seed += 1) simulate(seed);
  });
});

test('after as many failures as are allowed nobody begins, and who is at work still gets what it asks for', () => {
  const claims = createClaims({ places: 1, maxFailures: 2 });
  const events: string[] = [];
  const ask = (holder: string, claim: string) => {
    const note = (what: string) => () => events.push(`${holder} ${what}`);
    claims.ask(holder, claimOf(claim), note('has it'), note('is refused'));
  };
  ask('at work', 'a1');
  ask('in line', 'a1');
  claims.fail();
  expect(events).toEqual(['at work has it']);
  claims.fail();
  expect(events).toEqual(['at work has it', 'in line is refused']);
  ask('late', 'a1');
  ask('at work', 'A');
  expect(events.slice(2)).toEqual(['late is refused', 'at work has it']);
});
