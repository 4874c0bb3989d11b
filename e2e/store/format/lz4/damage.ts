/** How compressed data can be wrong: another format, cut off, invalid content, or more data than allowed. */
type DamageKind = 'format' | 'cut-off' | 'corrupt' | 'too-large';

/** Compressed data that cannot be read. The message follows the name of the data in a sentence. */
export class Damage extends Error {
  readonly kind: DamageKind;

  constructor(kind: DamageKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
