import { createRandom } from '../../history/schedules/random.ts';

/** Random whole numbers from a seed, from 0 to below a limit. */
export const randomFrom = (seed: number) => createRandom(seed).below;

/**
 * A copy of some bytes with one thing done to it as a bad disk, a crash or a bad hand would do; and what it
 * was.
 */
export const mutate = (
  bytes: Uint8Array,
  random: (limit: number) => number,
): { what: string; bytes: Buffer } => {
  const copy = Buffer.from(bytes);
  const at = random(copy.length);
  const length = 1 + random(Math.min(64, copy.length - at));
  const [before, behind] = [copy.subarray(0, at), copy.subarray(at + length)];
  const flipped = Buffer.from(bytes);
  flipped[at] = (flipped[at] as number) ^ (1 << random(8));
  const anything = Buffer.from(Array.from({ length }, () => random(256)));
  const kinds: [string, Uint8Array[]][] = [
    [`a bit of byte ${at} flipped`, [flipped]],
    [`cut off at ${at}`, [before]],
    [`${length} bytes at ${at} are gone`, [before, behind]],
    [`${length} bytes at ${at} are zero`, [before, Buffer.alloc(length), behind]],
    [`${length} bytes at ${at} are anything`, [before, anything, behind]],
    [`${length} bytes at ${at} are there twice`, [copy.subarray(0, at + length), copy.subarray(at)]],
    [`what is before ${at} comes behind the rest`, [copy.subarray(at), before]],
  ];
  const [what, parts] = kinds[random(kinds.length)] as (typeof kinds)[0];
  return { what, bytes: Buffer.concat(parts) };
};
