/** One sentence of a document, as it stands there, and the heading that it stands under. */
export type Sentence = { section: string; text: string };

const frontMatter = /^---\n[\s\S]*?\n---\n/;
const listMark = /^\s*(?:[-*]|\d+\.)\s+/;
const link = /^https?:\/\/\S+$/;
// After the full stop of a sentence, before a capital, a code span or emphasis; `No_Root` or `v1.8` have no space.
const between = /(?<=[.!?])\s+(?=[A-Z`*])/;

/**
 * Takes a document (Markdown) apart into its sentences. A block of code is one sentence, an item of a list begins a new one;
 * headings, the front matter and bare links say nothing that could be proven.
 */
export const sentencesOf = (document: string): Sentence[] => {
  const sentences: Sentence[] = [];
  let section = '';
  let block: string[] | undefined;
  for (const line of document.replace(frontMatter, '').split('\n')) {
    const heading = /^#+ (.*)$/.exec(line)?.[1];
    if (line.startsWith('```')) {
      if (block !== undefined) sentences.push({ section, text: block.join('\n') });
      block = block === undefined ? [] : undefined;
    } else if (block !== undefined) block.push(line);
    else if (heading !== undefined) section = heading;
    else sentences.push(...sentencesIn(line).map((text) => ({ section, text })));
  }
  return sentences;
};

const sentencesIn = (line: string): string[] => {
  const text = line.replace(listMark, '').trim();
  return text === '' || link.test(text) ? [] : text.split(between);
};
