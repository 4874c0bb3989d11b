/** A number with a noun, with a plural in s: "1 request", "3 requests". */
export const pluralize = (number: number, what: string): string =>
  `${number} ${what}${number === 1 ? '' : 's'}`;

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'];
const endings: Record<string, string> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
const kinds = new Intl.PluralRules('en', { type: 'ordinal' });

/** The ordinal of a number from 1 on: "first", "12th", "21st". */
export const ordinal = (number: number): string =>
  ordinals[number - 1] ?? `${number}${endings[kinds.select(number)]}`;

/** Puts a text on one line and cuts it to a number of characters. A cut text states its original length. */
export const shorten = (text: string, most = 200): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most)}... (${line.length} characters)`;
};

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
