const cell = (text: string): string => text.replaceAll('|', '\\|');

/** Words of a program. */
export const code = (text: string): string => `\`${text}\``;

/** A table. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`);

const lines = (name: string): RegExp => new RegExp(`(<!-- npm run docs: ${name} -->\n)[\\s\\S]*?(<!-- end -->)`, 'g');

const named = /<!-- npm run docs: ([\w-]+) -->/g;

/** A document with what stands between its markers written anew; throws for a marker that nobody knows, and for one without an end. */
export const rewrite = (text: string, sections: Record<string, () => string[]>): string => {
  let written = text;
  for (const [, name = ''] of text.matchAll(named)) {
    const section = sections[name];
    if (section === undefined) throw new Error(`there is no section named ${name}; there are: ${Object.keys(sections).join(', ')}`);
    const pattern = lines(name);
    if (!pattern.test(written)) throw new Error(`section ${name} has no end: write <!-- end --> behind it`);
    written = written.replaceAll(pattern, (_, begin: string, end: string) => `${begin}\n${section().join('\n')}\n\n${end}`);
  }
  return written;
};
