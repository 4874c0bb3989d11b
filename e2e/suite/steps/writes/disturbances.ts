/** What can be done to one write of a longhorn-manager, by the name that cells have it under. */
export const disturbances = {
  'crash before': 'its manager is killed before the API server has it',
  'crash after': 'its manager is killed when the API server has it, before it learns so',
  'answer lost': 'the API server has it, and the connection ends without an answer',
  conflict: 'it is refused once, as another was faster (409)',
  late: 'it takes as long as Longhorn waits from look to look',
} as const;

/** The name of something that is done to a write. */
export type Disturbance = keyof typeof disturbances;

/** Those by which a manager is killed. */
export const kills = (disturbance: Disturbance): boolean => disturbance.startsWith('crash');
