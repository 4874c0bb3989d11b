/** A text as it stands in Markdown, also in a table, whatever is in it. */
export const plainMarkdown = (text: string): string =>
  text.replace(/[|\\`*_<>[\]]/g, '\\$&').replace(/\s*\n\s*/g, ' ');

/** A row of a table. */
export const markdownRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
