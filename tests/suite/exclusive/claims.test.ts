import { describe, expect, test } from 'vitest';
import {
  areAtOdds,
  type Claim,
  type ClaimsOptions,
  createClaims,
} from '../../../e2e/suite/exclusive/claims.ts';
import { createRandom } from '../../history/schedules/random.ts';

const shared = (...names: string[]): Claim => ({ shared: names, exclusive: [] });
const exclusive = (...names: string[]): Claim => ({ shared: [], exclusive: names });

test.each([
  [shared('a'), shared('a'), false],
  [shared('a'), exclusive('a'), true],
  [exclusive('a'), exclusive('a'), true],
  [exclusive('a'), exclusive('b'), false],
  [exclusive('a'), shared('b'), false],
  [{ shared: ['b'], exclusive: ['a'] }, { shared: ['a'], exclusive: ['b'] }, true],
])('%j and %j are at odds: %s', (one, other, odds) => {
  expect(areAtOdds(one, other)).toBe(odds);
  expect(areAtOdds(other, one)).toBe(odds);
});

/** Claims whose grants are told by holder. */
const open = (options?: ClaimsOptions) => {
  const claims = createClaims(options);
  const granted: string[] = [];
  const ask = (holder: string, claim: Claim) => claims.ask(holder, claim, () => granted.push(holder));
  return { ...claims, ask, granted };
};

test('readers come together; who wants it alone waits for all of them', () => {
  const { ask, leave, granted } = open();
  ask('r1', shared('a'));
  ask('r2', shared('a'));
  ask('w', exclusive('a'));
  leave('r1');
  expect(granted).toEqual(['r1', 'r2']);
  leave('r2');
  expect(granted).toEqual(['r1', 'r2', 'w']);
});

test('who comes while somebody waits to be alone does not overtake', () => {
  const { ask, leave, granted } = open();
  ask('r', shared('a'));
  ask('w', exclusive('a'));
  ask('late', shared('a'));
  expect(granted).toEqual(['r']);
  leave('r');
  expect(granted).toEqual(['r', 'w']);
  leave('w');
  expect(granted).toEqual(['r', 'w', 'late']);
});

test('two that share a thing and both come to want it alone have it one after the other', () => {
  const { ask, leave, granted } = open();
  ask('one', shared('a', 'b'));
  ask('other', shared('a', 'b'));
  ask('one', { shared: ['b'], exclusive: ['a'] });
  ask('other', { shared: ['a'], exclusive: ['b'] });
  expect(granted).toEqual(['one', 'other', 'one']);
  leave('one');
  expect(granted).toEqual(['one', 'other', 'one', 'other']);
});

test('who waits and goes away holds nobody up', () => {
  const { ask, leave, granted } = open();
  ask('r', shared('a'));
  ask('w', exclusive('a'));
  ask('late', shared('a'));
  leave('w');
  expect(granted).toEqual(['r', 'late']);
});

test('only so many at once; who waits to be alone has no place meanwhile', () => {
  const { ask, leave, granted, holders } = open({ places: 2 });
  for (const holder of ['1', '2', '3', '4']) ask(holder, shared('a'));
  expect(granted).toEqual(['1', '2']);
  leave('1');
  expect(holders()).toEqual(['2', '3']);
  ask('2', exclusive('b'));
  expect(granted).toEqual(['1', '2', '3', '4']);
});

test('who cedes its place keeps its names, and who asks for no place needs none', () => {
  const { ask, cede, leave, granted } = open({ places: 1 });
  ask('cleans up', shared('a'));
  ask('next', shared('a'));
  ask('w', exclusive('a'));
  expect(granted).toEqual(['cleans up']);
  cede('cleans up');
  expect(granted).toEqual(['cleans up', 'next']);
  ask('rests', { ...shared(), placeless: true });
  expect(granted).toEqual(['cleans up', 'next', 'rests']);
  ask('rests', { ...shared('a'), placeless: true });
  leave('next');
  expect(granted).toEqual(['cleans up', 'next', 'rests']);
  leave('cleans up');
  expect(granted).toEqual(['cleans up', 'next', 'rests', 'w']);
  leave('w');
  expect(granted).toEqual(['cleans up', 'next', 'rests', 'w', 'rests']);
});

test('who cedes while it holds nothing gets nothing by that', () => {
  const { ask, cede, granted } = open({ places: 1 });
  ask('at work', shared('a'));
  ask('in line', shared('a'));
  cede('in line');
  cede('nobody');
  expect(granted).toEqual(['at work']);
});

test('who cleans up goes on, unless it alone stands before who wants a name alone', () => {
  const { ask, yieldTo, leave, granted, holders } = open({ places: 3 });
  for (const holder of ['1', '2', '3']) ask(holder, { ...shared('a', 'b'), expected: 9 });
  ask('w', exclusive('a'));
  ask('late', { ...shared('a', 'b'), expected: 9 });
  const cleanup = (holder: string) => yieldTo(holder, () => granted.push(`${holder} cleans up`));
  cleanup('1');
  // Its place is free, but nobody overtakes who waits.
  expect(granted).toEqual(['1', '2', '3', '1 cleans up']);
  cleanup('2');
  leave('1');
  cleanup('3');
  expect(granted.slice(4)).toEqual(['2 cleans up']);
  expect(holders()).toEqual(['2']);
  leave('2');
  expect(granted.slice(5)).toEqual(['w']);
  leave('w');
  expect(granted.slice(6)).toEqual(['late', '3 cleans up']);
});

test('who waits for others in line as well is not let go first', () => {
  const { ask, yieldTo, granted } = open({ places: 1 });
  ask('at work', { ...shared('a'), expected: 9 });
  ask('next', { ...shared('a'), expected: 9 });
  ask('w', exclusive('a'));
  yieldTo('at work', () => granted.push('cleans up'));
  expect(granted).toEqual(['at work', 'cleans up', 'next']);
});

test('who wants other names alone, or has begun to clean up itself, holds up nobody who cleans up', () => {
  const { ask, yieldTo, granted } = open();
  ask('1', shared('a'));
  ask('2', shared('b'));
  ask('w', exclusive('b'));
  for (const holder of ['1', 'nobody']) yieldTo(holder, () => granted.push(`${holder} cleans up`));
  expect(granted).toEqual(['1', '2', '1 cleans up', 'nobody cleans up']);
});

describe('schedules', () => {
  const names = ['a', 'b', 'c'] as const;
  const people = ['p', 'q', 'r', 's', 't'] as const;

  const play = (seed: number): void => {
    const { pick, chance } = createRandom(seed);
    const places = pick([1, 2, 5, Number.POSITIVE_INFINITY]);
    const claims = createClaims({ places });
    const held = new Map<string, Claim>();
    /** In the order of asking. */
    let line: { holder: string; claim: Claim }[] = [];
    let grants = 0;
    const toClaim = (): Claim => {
      const wanted = names.map((name) => [name, pick(['shared', 'exclusive', 'not', 'shared'])] as const);
      const those = (how: string) => wanted.filter(([, each]) => each === how).map(([name]) => name);
      return { shared: those('shared'), exclusive: those('exclusive'), placeless: chance(0.2) };
    };
    const atWork = (): number => [...held.values()].filter(({ placeless }) => !placeless).length;
    const forget = (holder: string) => {
      held.delete(holder);
      line = line.filter((each) => each.holder !== holder);
    };
    const granted = (holder: string, claim: Claim) => {
      const place = line.findIndex((each) => each.holder === holder);
      expect(place, 'only who asked is granted').toBeGreaterThanOrEqual(0);
      expect(
        [...held.values()].filter((each) => areAtOdds(each, claim)),
        'no writer beside another',
      ).toEqual([]);
      expect(
        line.slice(0, place).filter((each) => areAtOdds(each.claim, claim)),
        'nobody overtakes',
      ).toEqual([]);
      forget(holder);
      held.set(holder, claim);
      expect(atWork()).toBeLessThanOrEqual(places);
      grants += 1;
    };
    for (let step = 0; step < 200; step += 1) {
      const holder = pick(people);
      // An end of the work and a death look the same from here.
      if (chance(0.4)) {
        forget(holder);
        claims.leave(holder);
      } else if (chance(0.2)) {
        const claim = held.get(holder);
        if (claim !== undefined) held.set(holder, { ...claim, placeless: true });
        claims.cede(holder);
      } else if (held.has(holder) && chance(0.3)) {
        const claim = { ...(held.get(holder) as Claim), placeless: true };
        const first = line.find((each) => areAtOdds(each.claim, claim));
        held.delete(holder);
        const stands = [...held.values()].some(
          (each) => !each.placeless && first !== undefined && areAtOdds(each, first.claim),
        );
        line.push({ holder, claim });
        let isKept = true;
        claims.yieldTo(holder, () => {
          if (!isKept) return granted(holder, claim);
          line.pop();
          held.set(holder, claim);
        });
        isKept = false;
        if (!held.has(holder))
          expect({ first, stands }, 'nobody lets go first who cannot go').toMatchObject({
            first: {},
            stands: false,
          });
      } else {
        const claim = toClaim();
        forget(holder);
        line.push({ holder, claim });
        claims.ask(holder, claim, () => granted(holder, claim));
      }
      expect(claims.holders().toSorted()).toEqual([...held.keys()].toSorted());
      // Nobody waits for nothing.
      if (held.size === 0) expect(line).toEqual([]);
    }
    // All that wait come to it, as long as those that hold end.
    for (let ends = 0; line.length > 0 && ends < 100; ends += 1) {
      const [first = ''] = held.keys();
      forget(first);
      claims.leave(first);
    }
    expect(line).toEqual([]);
    expect(grants).toBeGreaterThan(20);
  };

  test.each(Array.from({ length: 10 }, (_, ten) => ten * 10))('of ten seeds from %i on', (from) => {
    for (let seed = from; seed < from + 10; seed += 1) play(seed);
  });
});

const lasting = (expected: number): Claim => ({ ...shared('a'), expected });

test('the longest come first, in whatever order they came; of two as long, who came first', () => {
  const { ask, leave, granted } = open({ places: 1, awaited: 4 });
  ask('short', lasting(10));
  ask('long', lasting(90));
  ask('as long', lasting(90));
  expect(granted).toEqual([]);
  ask('middling', lasting(50));
  for (const holder of ['long', 'as long', 'middling', 'short']) {
    expect(granted.at(-1)).toBe(holder);
    leave(holder);
  }
});

test('who waits for a name alone is not overtaken by who takes longer', () => {
  const { ask, leave, granted } = open({ places: 1 });
  ask('at work', lasting(10));
  ask('short', lasting(10));
  ask('exclusive', exclusive('a'));
  ask('late', lasting(90));
  ask('later', lasting(95));
  for (const holder of ['at work', 'short', 'exclusive', 'later', 'late']) {
    expect(granted.at(-1)).toBe(holder);
    leave(holder);
  }
});

test('nobody waits for who does not come once it is open, nor for who came and went', () => {
  const late = open({ awaited: 3 });
  late.ask('one', shared('a'));
  expect(late.granted).toEqual([]);
  late.open();
  expect(late.granted).toEqual(['one']);
  const gone = open({ awaited: 2 });
  gone.ask('one', shared('a'));
  gone.leave('one');
  gone.ask('other', shared('a'));
  expect(gone.granted).toEqual(['other']);
});

test('after as many failures as are allowed nobody begins, and who is at work still gets what it asks for', () => {
  const claims = createClaims({ places: 1, maxFailures: 2 });
  const told: string[] = [];
  const ask = (holder: string, claim: Claim) =>
    claims.ask(
      holder,
      claim,
      () => told.push(`${holder} has it`),
      () => told.push(`${holder} is refused`),
    );
  ask('at work', { ...shared('a'), expected: 1 });
  ask('in line', { ...shared('a'), expected: 1 });
  claims.fail();
  expect(told).toEqual(['at work has it']);
  claims.fail();
  expect(told).toEqual(['at work has it', 'in line is refused']);
  ask('late', { ...shared('a'), expected: 1 });
  ask('at work', exclusive('a'));
  expect(told.slice(2)).toEqual(['late is refused', 'at work has it']);
});
