import { expect, test } from 'vitest';
import { jsonLines } from '../../e2e/kube/json-lines.ts';

const read = async (...chunks: (string | Buffer)[]): Promise<unknown[]> => {
  const body = async function* () {
    for (const chunk of chunks) yield Buffer.from(chunk);
  };
  const values: unknown[] = [];
  for await (const value of jsonLines(body())) values.push(value);
  return values;
};
const euro = Buffer.from('"€"\n');

test.each([
  ['a line over chunks', ['{"a"', ':1', '}\n'], [{ a: 1 }]],
  ['a character over chunks', [euro.subarray(0, 2), euro.subarray(2)], ['€']],
  ['no newline at the end', ['1\n2'], [1, 2]],
  ['empty lines', ['1\n\n2\n\n'], [1, 2]],
] as const)('%s', async (_, chunks, values) => {
  expect(await read(...chunks)).toEqual(values);
});

test.each([
  ['a line that is no JSON', ['1\n<html>\n2\n'], '<html>'],
  ['a line cut short by the end', ['1\n{"a":'], '{"a":'],
] as const)('%s ends the reading', async (_, chunks, line) => {
  await expect(read(...chunks)).rejects.toThrow(`a line of the watch is not JSON: ${line}`);
});
