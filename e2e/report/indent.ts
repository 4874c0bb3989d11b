/** Splits a text into lines and puts `by` before each line that is not empty. */
export const indent = (text: string, by: string): string[] =>
  text.split('\n').map((line) => (line === '' ? '' : by + line));
