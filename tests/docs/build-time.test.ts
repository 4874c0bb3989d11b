import { expect, test } from 'vitest';
import { buildTime } from '../../lab/prepare.ts';
import { read } from './support/documents.ts';

// What the doctor and the first run say comes from the same constant.
test.each(['README.md', 'docs/lab.md', 'docs/writing-a-scenario.md'])(
  '%s tells the time of a build',
  (path) => expect(read(path)).toContain(buildTime),
);
