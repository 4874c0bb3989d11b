/** At least one name. */
export type Names = readonly [string, ...string[]];

/** The objects of all schedules. */
export const names: Names = ['hall', 'attic', 'cellar'];

/** Their states; some of more than a byte a character, which a piece of a stream can end within. */
export const states = ['off', 'on', 'hot', 'gedämpft', '☀', '💡'] as const;
