/**
 * How compressed data can be wrong: another format from the first bytes on, an end before its time, contents
 * that cannot be, or more of them than there may be.
 */
export type DamageKind = 'format' | 'cut-off' | 'corrupt' | 'too-large';

/** Compressed data that cannot be read; the message ends a sentence that begins with what was read. */
export class Damage extends Error {
  readonly kind: DamageKind;

  constructor(kind: DamageKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
