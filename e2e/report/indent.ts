/** The lines of a text, each that is not empty behind these blanks. */
export const indent = (text: string, by: string): string[] =>
  text.split('\n').map((line) => (line === '' ? '' : by + line));
