import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idleBetween, openPressureMeter, readCpuStall, readRunQueue } from '../../e2e/machine/pressure.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-pressure-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const file = (text: string): string => {
  const path = join(folder, 'file');
  writeFileSync(path, text);
  return path;
};

describe('the pressure of this machine', () => {
  test('the line `some` of the kernel is read, in ms', () => {
    const text =
      'some avg10=1.00 avg60=2.00 avg300=3.00 total=60285734\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n';
    expect(readCpuStall(file(text))).toBe(60285.734);
  });

  test('a kernel that does not count it is no error', () => {
    expect(readCpuStall(join(folder, 'missing'))).toBeUndefined();
    expect(readCpuStall(file('nothing of that kind'))).toBeUndefined();
    expect(readRunQueue(join(folder, 'missing'))).toBe(0);
  });

  test('of many processors the three that are busiest say how idle it was', () => {
    const spent = (...idle: number[]) => idle.map((each) => ({ idle: each, all: 100 }));
    const nothing = spent(0, 0, 0, 0, 0).map(() => ({ idle: 0, all: 0 }));
    expect(idleBetween(nothing, spent(100, 30, 100, 0, 60))).toBeCloseTo(0.3);
    expect(
      idleBetween(spent(0, 0), [
        { idle: 50, all: 200 },
        { idle: 100, all: 200 },
      ]),
    ).toBeCloseTo(0.75);
    // Between two looks that are too close nothing has ticked.
    expect(idleBetween(nothing, nothing)).toBe(0);
  });

  test('a busy event loop is seen as a late timer, once', async () => {
    const meter = openPressureMeter();
    try {
      const until = performance.now() + 1_300;
      while (performance.now() < until);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(meter.take().timerDelay).toBeGreaterThan(500);
      expect(meter.take().timerDelay).toBe(0);
    } finally {
      meter.close();
    }
  });
});
