/** The names in braces of a sentence: `backup` of `When {backup} is deleted`. */
export type NamesIn<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

/** Puts a word into each pair of braces of a sentence, by the name in it. */
export const fillSentence = (sentence: string, wordOf: (name: string) => string): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => wordOf(name));
