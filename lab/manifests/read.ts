import { readFile } from 'node:fs/promises';
import { parseAllDocuments, type Tags } from 'yaml';
import { z } from 'zod';
import type { PreconditionFailure } from '../../e2e/machine/precondition-error.ts';
import { PreconditionError } from '../../e2e/machine/precondition-error.ts';

/** A stream of YAML documents, and its name in error messages, usually its path. */
export type Manifest = { source: string; text: string };

/** One object of a manifest. */
export type ManifestObject = {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
  /** The parsed object. */
  object: Record<string, unknown>;
  /** YAML as written if possible, because the server's own interpretation of `0644` or `yes` matters. */
  body: string;
  /** `FILE: document 3 (line 57): Deployment web/hello`. */
  where: string;
};

const objectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});
const listSchema = z.looseObject({ kind: z.string().endsWith('List'), items: z.array(z.unknown()) });

/** One document of a stream, and its first line, counted from 1. */
type Document = { text: string; line: number };

/** Splits a stream like kubectl, at lines that begin with `---`. */
const split = (text: string): Document[] => {
  const documents: Document[] = [];
  let lines: string[] = [];
  let start = 1;
  for (const [index, line] of text.split('\n').entries()) {
    if (/^---(\s|$)/.test(line)) {
      documents.push({ text: lines.join('\n'), line: start });
      [lines, start] = [[], index + 2];
    } else lines.push(line);
  }
  return [...documents, { text: lines.join('\n'), line: start }];
};

/** Kubernetes reads YAML 1.1 (`0644`, `yes`), but without its times and dates, which are strings. */
const withoutTimes = (tags: Tags): Tags =>
  tags.filter(
    (tag) =>
      typeof tag === 'string' ||
      (tag.tag !== 'tag:yaml.org,2002:timestamp' && !('format' in tag && tag.format === 'TIME')),
  );

const parse = ({ text, line }: Document, where: string): unknown => {
  const [document] = parseAllDocuments(text, {
    version: '1.1',
    customTags: withoutTimes,
    prettyErrors: false,
  });
  if (document === undefined || !('errors' in document)) return undefined;
  const [error] = document.errors;
  if (error === undefined) return document.toJS();
  const at = line + text.slice(0, error.pos[0]).split('\n').length - 1;
  throw new PreconditionError({
    code: 'manifest-not-yaml',
    where,
    what: `no YAML: line ${at}: ${error.message}`,
  });
};

const toObjects = (value: unknown, body: string, where: string): ManifestObject[] => {
  const list = listSchema.safeParse(value);
  if (list.success) return list.data.items.flatMap((item) => toObjects(item, JSON.stringify(item), where));
  const { success, data, error } = objectSchema.safeParse(value);
  if (!success)
    throw new PreconditionError({
      code: 'manifest-no-object',
      where,
      what: `no Kubernetes object: ${missing(error)}`,
    });
  const { apiVersion, kind, metadata } = data;
  const { name, namespace } = metadata;
  const title = [namespace, name].filter((part) => part !== undefined).join('/');
  return [
    {
      apiVersion,
      kind,
      name,
      ...(namespace && { namespace }),
      object: data,
      body,
      where: `${where}: ${kind} ${title}`,
    },
  ];
};

const missing = ({ issues: [issue] }: z.ZodError): string =>
  issue && issue.path.length > 0 ? `it has no ${issue.path.join('.')}` : 'it has no fields';

/**
 * Returns the objects of a manifest in their order, including those in a List. Throws PreconditionError with document
 * and line for anything else.
 */
export const objectsOf = ({ source, text }: Manifest): ManifestObject[] =>
  split(text).flatMap((document, index) => {
    const where = `${source}: document ${index + 1} (line ${document.line})`;
    const value = parse(document, where);
    // Empty, or only comments.
    return value === undefined || value === null ? [] : toObjects(value, document.text, where);
  });

/**
 * Reads manifests and checks that they contain valid objects, before anything is built. Throws PreconditionError
 * otherwise.
 */
export const readManifests = async (files: readonly string[]): Promise<Manifest[]> => {
  const manifests: Manifest[] = [];
  for (const source of files) {
    const text = await readFile(source, 'utf8').catch((error: NodeJS.ErrnoException) => {
      const known: Record<string, Pick<PreconditionFailure, 'what' | 'remedy'>> = {
        ENOENT: { what: 'there is no such file' },
        EISDIR: { what: 'it is a folder', remedy: 'name the files in it' },
      };
      throw new PreconditionError({
        code: 'manifest-unreadable',
        where: source,
        what: error.message,
        ...known[error.code ?? ''],
      });
    });
    const manifest = { source, text };
    if (objectsOf(manifest).length === 0)
      throw new PreconditionError({
        code: 'manifest-empty',
        where: source,
        what: 'no Kubernetes object is in it',
      });
    manifests.push(manifest);
  }
  return manifests;
};
