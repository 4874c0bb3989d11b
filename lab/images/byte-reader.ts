/** Takes bytes off a stream in pieces of any size; nothing is kept that was taken. */
export type ByteReader = {
  /** The next bytes, as many as there are but no more than `most`; undefined at the end. */
  some: (most: number) => Promise<Buffer | undefined>;
  /** The next `size` bytes; fewer only at the end. */
  exactly: (size: number) => Promise<Buffer>;
};

/** Makes a reader of a stream's bytes. */
export const byteReader = (chunks: AsyncIterable<Buffer>): ByteReader => {
  const iterator = chunks[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  const some = async (most: number): Promise<Buffer | undefined> => {
    while (rest.length === 0) {
      const { done, value } = await iterator.next();
      if (done) return undefined;
      rest = value;
    }
    const piece = rest.subarray(0, most);
    rest = rest.subarray(piece.length);
    return piece;
  };
  return {
    some,
    exactly: async (size) => {
      const pieces: Buffer[] = [];
      for (let missing = size; missing > 0; ) {
        const piece = await some(missing);
        if (piece === undefined) break;
        pieces.push(piece);
        missing -= piece.length;
      }
      return pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
    },
  };
};
