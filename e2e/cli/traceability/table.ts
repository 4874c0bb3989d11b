import { parse } from 'yaml';
import { z } from 'zod';

const entrySchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z-]+$/),
  text: z.string(),
  proof: z.record(z.string(), z.array(z.string()).nonempty()).default({}),
  differs: z.array(z.string()).default([]),
  because: z.string().optional(),
});

/** What is known of one sentence of a seed; fixtures/seeds/README.md says what the fields mean. */
export type Entry = z.infer<typeof entrySchema>;

/** Reads the entries of a seed; throws with the place when one is not of the form. */
export const parseEntries = (yaml: string): Entry[] => z.array(entrySchema).parse(parse(yaml));
