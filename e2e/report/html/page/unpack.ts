const bytesOf = (base64: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));

/** Unpacks the data that the page contains under an element id: JSON, compressed with gzip, in base64. */
export const unpack = async <T>(id: string): Promise<T> => {
  const packed = document.getElementById(id)?.textContent ?? '';
  const stream = new Blob([bytesOf(packed)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return (await new Response(stream).json()) as T;
};
