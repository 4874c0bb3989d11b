/** Puts a text on one line and cuts it to a number of characters. A cut text states its original length. */
export const shorten = (text: string, most = 200): string => {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= most ? line : `${line.slice(0, most)}... (${line.length} characters)`;
};
