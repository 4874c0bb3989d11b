/**
 * Parses a stream of one JSON value per line. Throws for a line that is not JSON, including an incomplete last line.
 */
export const jsonLines = async function* (body: AsyncIterable<Uint8Array>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') yield parse(line);
  }
  rest += decoder.decode();
  if (rest !== '') yield parse(rest);
};

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`a line of the watch is not JSON: ${line.slice(0, 200)}`, { cause: error });
  }
};
