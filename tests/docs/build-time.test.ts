import { expect, test } from 'vitest';
import { buildTime } from '../../lab/prepare.ts';
import { read } from './support/documents.ts';

// What the doctor and the first run say comes from the same constant.
test.each(['README.md', 'docs/lab.md', 'docs/writing-a-scenario.md'])(
  '%s says how long building a lab takes, as the code does',
  (path) => expect(read(path)).toContain(buildTime),
);
