/** The ways to disturb one write of a longhorn-manager, by the name in the cells of the crash matrix. */
export const disturbances = {
  'crash before': 'the manager is killed before the API server gets the write',
  'crash after': 'the manager is killed after the write, before it gets the answer',
  'answer lost': 'the write is done, and the connection closes without an answer',
  conflict: 'the write is refused once with a conflict (409)',
  stale:
    "the manager is killed after the write, and its successor sees the state before it for Longhorn's resync period (30 s)",
  late: "the write is delayed by Longhorn's resync period (30 s)",
} as const;

/** The name of a way to disturb a write. */
export type Disturbance = keyof typeof disturbances;

/** Whether a disturbance kills the manager. */
export const kills = (disturbance: Disturbance): boolean =>
  disturbance.startsWith('crash') || disturbance === 'stale';
