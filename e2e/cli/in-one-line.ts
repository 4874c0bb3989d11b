/** A text as one line: line breaks, with the blanks around them, become a blank each. */
export const inOneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ');
