type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const escapes: Record<string, string> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', '\u2028': '\\u2028', '\u2029': '\\u2029' };

/** Writes JSON byte for byte as Go's encoding/json does: compact, and with the signs escaped that would matter in HTML. */
export const stringify = (value: Json): string => JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, (sign) => escapes[sign] as string);

/** A copy with its keys in order, as Go writes a map (a struct keeps the order of its fields). */
export const sortedMap = (map: Record<string, string> | null): Record<string, string> | null =>
  map && Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
