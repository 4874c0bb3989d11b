/** The parameter names of a sentence: `backup` of `When {backup} is deleted`. */
export type NamesIn<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

/** Replaces each parameter of a sentence with the word for its name. */
export const fillSentence = (sentence: string, wordOf: (name: string) => string): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => wordOf(name));
