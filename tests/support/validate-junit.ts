import { readFileSync } from 'node:fs';
import { validateXML } from 'xmllint-wasm';

const schema = readFileSync(new URL('junit.xsd', import.meta.url), 'utf8');

/**
 * What a schema of JUnit has against texts, each with the number of its text; nothing, where they are JUnit.
 */
export const findJunitErrors = async (...texts: string[]): Promise<string[]> => {
  const xml = texts.map((contents, index) => ({ fileName: `${index}.xml`, contents }));
  const { errors } = await validateXML({ xml, schema });
  return errors.map(({ rawMessage }) => rawMessage);
};
