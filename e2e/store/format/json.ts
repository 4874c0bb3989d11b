/** Why a file is no config, as the end of a sentence that begins with the file. */
export type Unparsed = { code: 'config-empty' | 'config-cut-off' | 'config-not-json'; message: string };

// JSON of a hundred megabytes can take a hundred times that, and minutes, to be parsed. A config's cannot: it is flat, it has a value for every
// 30 bytes or so (an offset, a checksum, the two together), and long lists but no long objects; labels are the longest.
const deepest = 16;
const bytesPerValue = 24;
const fewValues = 1_000;
const mostFields = 10_000;

const [quote, backslash, comma, openBracket, closeBracket, openBrace, closeBrace] = [...'"\\,[]{}'].map((sign) => sign.charCodeAt(0));

/** Parses a config's JSON, whatever it is: memory stays within a small multiple of its size, and nothing throws. */
export const readJson = (bytes: Buffer): { value: unknown } | Unparsed => {
  if (bytes.length === 0) return { code: 'config-empty', message: 'is empty' };
  if (bytes[0] === 0) return { code: 'config-not-json', message: 'begins with a zero byte: it was never written' };
  const unlike = unlikeConfig(bytes);
  if (unlike !== undefined) return { code: 'config-not-json', message: unlike };
  const text = bytes.toString();
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const { message } = error as Error;
    const at = / at position (\d+)/.exec(message)?.[1];
    if (/^(Unexpected end|Unterminated string)/.test(message) || (at !== undefined && Number(at) >= text.length))
      return { code: 'config-cut-off', message: `ends in the middle, after ${bytes.length} bytes` };
    return { code: 'config-not-json', message: at === undefined ? 'is no JSON' : `is no JSON from character ${Number(at) + 1} on` };
  }
};

// Looks at nothing but brackets, commas and quotes, so that no value is made; what is no JSON may pass.
const unlikeConfig = (bytes: Buffer): string | undefined => {
  const most = fewValues + bytes.length / bytesPerValue;
  const fields = new Uint32Array(deepest + 1);
  const inObject = new Uint8Array(deepest + 1);
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) {
      inString = true;
    } else if (byte === comma) {
      values += 1;
      fields[depth] = (fields[depth] as number) + 1;
      if (inObject[depth] && (fields[depth] as number) >= mostFields)
        return `has an object of more than ${mostFields} fields, as no config does`;
    } else if (byte === openBrace || byte === openBracket) {
      values += 1;
      depth += 1;
      if (depth > deepest) return `is nested more than ${deepest} levels deep`;
      fields[depth] = 0;
      inObject[depth] = byte === openBrace ? 1 : 0;
    } else if (byte === closeBrace || byte === closeBracket) {
      depth = Math.max(0, depth - 1);
    }
  }
  return values > most ? `holds ${values} values in ${bytes.length} bytes, as no config does` : undefined;
};
