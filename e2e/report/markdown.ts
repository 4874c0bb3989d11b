/** Escapes a text for Markdown, so that it is also safe in a table. */
export const plainMarkdown = (text: string): string =>
  text.replace(/[|\\`*_<>[\]]/g, '\\$&').replace(/\s*\n\s*/g, ' ');

export const markdownRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
