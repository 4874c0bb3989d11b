/** The sentences that the steps tell, as the source has them: `…` stands for what a run fills in. */
export type ToldSteps = {
  /** By the name that scenarios call them by, as `then.deleted`. */
  named: ReadonlyMap<string, string>;
  /** Those that every scenario has without calling them. */
  always: ReadonlySet<string>;
};

// A property that holds a function opens a step; what follows, up to the next, belongs to it. The type of one ends with a semicolon.
const opening = /^ {2,4}(\w+): (?:async )?\((?![^\n]*;$)/m;
const telling = /\bstep\(\s*(?=(['`])(Given|When|Then) )/;

/** Finds the sentences in the sources of the steps, without running them. */
export const findToldSteps = (sources: readonly string[]): ToldSteps => {
  const named = new Map<string, string>();
  const always = new Set<string>();
  for (const source of sources) {
    const [before = '', ...parts] = source.split(opening);
    for (const [name, part] of [['', before], ...pairs(parts)] as const) {
      for (const sentence of sentencesOf(part)) {
        const word = sentence.slice(0, sentence.indexOf(' ')).toLowerCase();
        if (name === '') always.add(sentence);
        else if (!named.has(`${word}.${name}`)) named.set(`${word}.${name}`, sentence);
      }
    }
  }
  return { named, always };
};

const pairs = (parts: readonly string[]): [string, string][] =>
  parts.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, parts[index + 1] ?? '']] : []));

const sentencesOf = (part: string): string[] => {
  const found = telling.exec(part);
  if (found === null) return [];
  const start = found.index + found[0].length;
  const { text, end } = readText(part, start);
  return [text, ...sentencesOf(part.slice(end))];
};

// A string or a template from its quote on; what stands in ${...} is not read.
const readText = (source: string, start: number): { text: string; end: number } => {
  const quote = source[start];
  let text = '';
  let depth = 0;
  for (let at = start + 1; at < source.length; at += 1) {
    const [character = '', next] = [source[at], source[at + 1]];
    if (depth === 0 && character === quote) return { text, end: at + 1 };
    if (quote === '`' && character === '$' && next === '{') {
      if (depth === 0) text += '…';
      depth += 1;
      at += 1;
    } else if (depth > 0) depth += character === '{' ? 1 : character === '}' ? -1 : 0;
    else if (character === '\\') {
      text += next ?? '';
      at += 1;
    } else text += character;
  }
  return { text, end: source.length };
};
