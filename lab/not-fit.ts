/**
 * This machine lacks something that the lab needs; the message is one line: what is missing, and what mends
 * it.
 */
export class NotFit extends Error {
  override readonly name = 'NotFit';
}
