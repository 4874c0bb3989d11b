/** What a step is about was over before it came to it, by no fault of Longhorn's: nothing is proven, either way. */
export class PremiseLost extends Error {
  override readonly name = 'PremiseLost';
  readonly verdict = { state: 'not-provable' } as const;
}
