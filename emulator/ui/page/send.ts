import { showError } from './dialog.ts';

/** Sends a request to the API, relative to the page's own URL. Returns the answer. An error is only shown. */
export const send = async (
  path: string,
  method: string,
  body?: object,
): Promise<Record<string, unknown> | undefined> => {
  try {
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const response = await fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    // Also read after a success: Chromium reports a request as failed if its body is not read to the end.
    const text = await response.text();
    if (response.ok) return text === '' ? {} : JSON.parse(text);
    showError(JSON.parse(text).message);
  } catch (error) {
    showError(String(error));
  }
  return undefined;
};

/** Reads all objects of a collection. */
export const readAll = async <T>(collection: string): Promise<T[]> => {
  const { data = [] } = (await send(`v1/${collection}`, 'GET')) ?? {};
  return data as T[];
};

/** Reads the names of all objects of a collection. */
export const listNames = async (collection: string): Promise<string[]> =>
  (await readAll<{ name: string }>(collection)).map(({ name }) => name);
