/** What was read is not what it should be; the message says why, and whoever knows the file's path puts it in front. */
export class Damaged extends Error {
  override readonly name = 'Damaged';
}
