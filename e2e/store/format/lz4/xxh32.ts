const p1 = 0x9e3779b1;
const p2 = 0x85ebca77;
const p3 = 0xc2b2ae3d;
const p4 = 0x27d4eb2f;
const p5 = 0x165667b1;

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));
const round = (lane: number, input: number): number =>
  Math.imul(rotate((lane + Math.imul(input, p2)) | 0, 13), p1);

/**
 * XXH32 with seed 0, the checksum in LZ4 frames. Returns an unsigned 32-bit number. Follows the specification of
 * xxHash 0.8.
 */
export const xxh32 = (data: Uint8Array): number => {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const size = data.byteLength;
  let at = 0;
  let hash: number;
  if (size >= 16) {
    let a = (p1 + p2) | 0;
    let b = p2 | 0;
    let c = 0;
    let d = -p1 | 0;
    for (; at + 16 <= size; at += 16) {
      a = round(a, view.getInt32(at, true));
      b = round(b, view.getInt32(at + 4, true));
      c = round(c, view.getInt32(at + 8, true));
      d = round(d, view.getInt32(at + 12, true));
    }
    hash = (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0;
  } else {
    hash = p5 | 0;
  }
  hash = (hash + size) | 0;
  for (; at + 4 <= size; at += 4)
    hash = Math.imul(rotate((hash + Math.imul(view.getInt32(at, true), p3)) | 0, 17), p4);
  for (; at < size; at += 1) hash = Math.imul(rotate((hash + Math.imul(view.getUint8(at), p5)) | 0, 11), p1);
  hash = Math.imul(hash ^ (hash >>> 15), p2);
  hash = Math.imul(hash ^ (hash >>> 13), p3);
  return (hash ^ (hash >>> 16)) >>> 0;
};
