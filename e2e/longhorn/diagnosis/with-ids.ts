/** The rows of a catalogue in the order in which they are written, each with the id that it is written under. */
export const withIds = <Row extends { id: string }>(
  rows: Readonly<Record<string, Omit<Row, 'id'>>>,
): readonly Row[] => Object.entries(rows).map(([id, row]) => ({ id, ...row }) as Row);
