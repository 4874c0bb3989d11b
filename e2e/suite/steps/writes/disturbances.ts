/** What can be done to one write of a longhorn-manager, by the name that cells have it under. */
export const disturbances = {
  'crash before': 'the manager is killed before the API server gets the write',
  'crash after': 'the manager is killed after the write, before it gets the answer',
  'answer lost': 'the write is done, and the connection closes without an answer',
  conflict: 'the write is refused once with a conflict (409)',
  stale:
    "the manager is killed after the write, and its successor sees the state before it for Longhorn's resync period (30 s)",
  late: "the write is delayed by Longhorn's resync period (30 s)",
} as const;

/** The name of something that is done to a write. */
export type Disturbance = keyof typeof disturbances;

/** Those by which a manager is killed. */
export const kills = (disturbance: Disturbance): boolean =>
  disturbance.startsWith('crash') || disturbance === 'stale';
