/** Returns the rows of a catalogue in their order, each with its key as its id. */
export const withIds = <Row extends { id: string }>(
  rows: Readonly<Record<string, Omit<Row, 'id'>>>,
): readonly Row[] => Object.entries(rows).map(([id, row]) => ({ id, ...row }) as Row);
