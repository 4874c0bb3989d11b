/**
 * How long states live, in ms: from the shortest that was seen on a real Longhorn to what even a slow poll
 * sees now and then.
 */
export const lives = [6, 20, 50, 120, 500];

/** States of each of these lives. */
export const each = 40;

/** How many states an object goes through before it is deleted. */
const statesOfObject = 10;

/** One state of one object, and how long it is to live, in ms. */
export type State = { object: string; state: string; life: number };

/**
 * All states in the order in which they are brought about, the same each time: a shuffle whose numbers are
 * those of Park and Miller.
 */
export const schedule = (): State[] => {
  const all = lives.flatMap((life) => Array.from({ length: each }, () => life));
  let random = 20_261_120;
  for (let last = all.length - 1; last > 0; last -= 1) {
    random = (random * 48_271) % 2_147_483_647;
    const other = random % (last + 1);
    [all[last], all[other]] = [all[other] as number, all[last] as number];
  }
  return all.map((life, index) => ({
    object: `lamp-${Math.floor(index / statesOfObject)}`,
    state: `state-${index}`,
    life,
  }));
};
