import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

/** How completely a promise is judged, in the order of the summary. */
export const statuses = ['proven', 'known-bug', 'partly', 'open', 'out-of-scope'] as const;

const fields = {
  id: z.string().regex(/^[A-Z]{1,2}\d+$/),
  promise: z.string(),
  source: z.array(z.string()).nonempty(),
  since: z.string(),
  severity: z.int().min(1).max(5),
  note: z.string().optional(),
};

/** Scenario files, each with the steps that judge the promise. */
const proof = z.record(z.string(), z.array(z.string()).nonempty());
const missing = z.string();

const promiseSchema = z.discriminatedUnion('status', [
  z.strictObject({ ...fields, status: z.literal('proven'), proof }),
  z.strictObject({
    ...fields,
    status: z.literal('known-bug'),
    bugs: z.array(z.string()).nonempty(),
    proof: proof.optional(),
    missing: missing.optional(),
  }),
  z.strictObject({ ...fields, status: z.literal('partly'), missing, proof: proof.optional() }),
  z.strictObject({ ...fields, status: z.literal('open') }),
  z.strictObject({ ...fields, status: z.literal('out-of-scope'), why: z.string() }),
]);

/** A promise of Longhorn's documents. fixtures/promises/README.md describes the fields. */
export type DocumentedPromise = z.infer<typeof promiseSchema>;

const subjectSchema = z.strictObject({ subject: z.string(), promises: z.array(promiseSchema).nonempty() });

/** The promises about one subject. `name` is the name of their file. */
export type PromiseSubject = { name: string; title: string; promises: readonly DocumentedPromise[] };

/** Parses the promises of a subject. Throws an error with the path of an invalid field. */
export const parseSubject = (name: string, yaml: string): PromiseSubject => {
  const { subject: title, promises } = subjectSchema.parse(parse(yaml));
  return { name, title, promises };
};

const folder = fileURLToPath(new URL('../../../fixtures/promises/', import.meta.url));

/** Reads all promises of this project: one file per subject. */
export const readPromises = (): PromiseSubject[] =>
  globSync('*.yaml', { cwd: folder })
    .toSorted()
    .map((file) => parseSubject(basename(file, '.yaml'), readFileSync(`${folder}${file}`, 'utf8')));

/** The number of promises by status, in the order of `statuses`. */
export const countStatuses = (promises: readonly DocumentedPromise[]): number[] =>
  statuses.map((status) => promises.filter((promise) => promise.status === status).length);
