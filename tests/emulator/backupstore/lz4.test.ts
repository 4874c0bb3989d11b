import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect, test } from 'vitest';
import { compressFrame } from '../../../emulator/backupstore/lz4.ts';
import { blockSize, checksumOf } from '../../../emulator/backupstore/paths.ts';
import { decompressFrame } from '../support/lz4-decode.ts';

const recorded = new URL('../recorded/', import.meta.url);

test('a block that Longhorn wrote has the data its name says, also after our own compression', () => {
  const [name = ''] = readdirSync(recorded);
  const block = decompressFrame(readFileSync(new URL(name, recorded)), blockSize);
  expect(checksumOf(block)).toBe(basename(name, '.blk'));
  expect(checksumOf(decompressFrame(compressFrame(block), blockSize))).toBe(basename(name, '.blk'));
});

const line = Buffer.from('a line that comes again and again, with a number 12345\n');
test.each([
  ['nothing', Buffer.alloc(0)],
  ['too short for a match', Buffer.from('aaaaaaaaaaaa')],
  ['zeros, a whole block', Buffer.alloc(blockSize)],
  ['random, a whole block', randomBytes(blockSize)],
  [
    'a match at the farthest distance',
    Buffer.concat([line, randomBytes(65_535 - line.length), line, randomBytes(20)]),
  ],
  ['a match just too far', Buffer.concat([line, Buffer.alloc(65_536 - line.length), line, randomBytes(20)])],
  ['half random, half not', Buffer.concat([randomBytes(70_000), Buffer.alloc(70_000, 1), randomBytes(300)])],
])('%s comes back, in a frame that begins as those of Longhorn, and hardly grows', (_, data) => {
  const frame = compressFrame(data);
  expect(decompressFrame(frame, blockSize).equals(data)).toBe(true);
  expect(frame.subarray(0, 7).toString('hex')).toBe('04224d186470b9');
  expect(frame.length).toBeLessThanOrEqual(data.length + 19);
});

test('text becomes small', () => {
  expect(compressFrame(Buffer.alloc(blockSize, line)).length).toBeLessThan(blockSize / 100);
});
