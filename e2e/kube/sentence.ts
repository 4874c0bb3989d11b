/** The parameter names of a sentence: `backup` of `When {backup} is deleted`. */
export type NamesIn<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name | NamesIn<Rest>
  : never;

/** The parameter names of a sentence, each once, in their order. */
export const namesOf = (sentence: string): string[] => [
  ...new Set(Array.from(sentence.matchAll(/\{(\w+)\}/g), ([, name = '']) => name)),
];

/** Replaces each parameter of a sentence with the word for its name. */
export const fillSentence = (sentence: string, wordOf: (name: string) => string): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => wordOf(name));
