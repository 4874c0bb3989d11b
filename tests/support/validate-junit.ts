import { readFileSync } from 'node:fs';
import { validateXML } from 'xmllint-wasm';

const schema = readFileSync(new URL('junit.xsd', import.meta.url), 'utf8');

/** What a schema of JUnit has against a text; nothing, where it is JUnit. */
export const findJunitErrors = async (text: string): Promise<string[]> => {
  const { errors } = await validateXML({ xml: [{ fileName: 'junit.xml', contents: text }], schema });
  return errors.map(({ message }) => message);
};
