import { answerTo, isAnswer } from '../../e2e/cli/explain-answer.ts';
import type { SourceText } from './extract.ts';
import { countedVersions, type Repository, readTexts, repositories } from './sources.ts';

/**
 * The number of error texts of a source, and for how many `explain` finds an operation, a cause, or any
 * answer.
 */
type Count = { texts: number; operation: number; cause: number; recognised: number };

type Counts = Record<string, Record<string, Count>>;

const countOf = (texts: readonly SourceText[]): { count: Count; rest: SourceText[] } => {
  const answers = texts.map(({ text }) => answerTo({ text, objects: [] }, {}));
  const howMany = (fits: (answer: (typeof answers)[number]) => boolean): number =>
    answers.filter(fits).length;
  return {
    count: {
      texts: texts.length,
      operation: howMany(
        ({ diagnosis, meanings }) =>
          meanings.length > 0 || (diagnosis !== undefined && diagnosis.operation.id !== 'unknown'),
      ),
      cause: howMany(({ diagnosis }) => diagnosis?.cause !== undefined),
      recognised: howMany(isAnswer),
    },
    rest: texts.filter((_, index) => !isAnswer(answers[index] ?? { meanings: [], diagnosis: undefined })),
  };
};

/** Counts the error texts per repository and version, and lists those that are not recognised. */
export const countTexts = (folder: string): { counts: Counts; rest: Record<string, string[]> } => {
  const rest: Record<string, string[]> = {};
  const counts = Object.fromEntries(
    countedVersions.map((version) => [
      version,
      Object.fromEntries(
        (Object.keys(repositories) as Repository[]).map((name) => {
          const found = countOf(readTexts(folder, name, version));
          rest[version] = [
            ...(rest[version] ?? []),
            ...found.rest.map(({ file, line, text }) => `${name}/${file}:${line}: ${text}`),
          ];
          return [name, found.count];
        }),
      ),
    ]),
  );
  return { counts, rest };
};
