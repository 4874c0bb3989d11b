import type { Schema } from './schema.ts';

/** One of Longhorn's custom resources; a Setting has a value where others have a spec. */
export type Kind = { kind: string; plural: string; shortNames: string[]; spec?: Schema; status: Schema; value?: Schema };
