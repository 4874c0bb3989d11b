import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { countTexts } from '../../../bench/texts/count.ts';
import { extractTexts } from '../../../bench/texts/extract.ts';
import { countsPath } from '../../../bench/texts/run.ts';

const textsOf = (source: string, file = 'a.go') => extractTexts(file, source).map(({ text }) => text);

test('the errors of Go, what wraps one and what a log says are found, with their verbs filled', () => {
  expect(
    textsOf(`
      return fmt.Errorf("invalid block size %v for volume %q", size, name)
      return errors.Wrapf(err, "failed to read block %s", block)
      return status.Errorf(codes.NotFound, "no such task (%s)", f(a, "b"))
      log.WithError(err).WithFields(x).Warnf("Failed to unlock, %d%% done", n)
      log.Infof("Creating backup %v", backup)
      return err.Error()`),
  ).toEqual([
    'invalid block size 5 for volume "pvc-2f0a5c1e-7d3b-4e8a-9c60-1b2d3e4f5a6b"',
    'failed to read block lock-0a1b2c3d.lck: E',
    'no such task (name-1)',
    'Failed to unlock, 5% done',
  ]);
});

test('what a webhook refuses is worded as its caller sees it, and each text has its line', () => {
  const [found] = extractTexts(
    'webhook/resources/backup/validator.go',
    '\nreturn werror.NewInvalidError("mode is not valid", "")',
  );
  expect(found).toEqual({
    file: 'webhook/resources/backup/validator.go',
    line: 2,
    text: 'admission webhook "validator.longhorn.io" denied the request: mode is not valid',
  });
});

// A folder with clones of Longhorn's repositories, which the suite does not bring.
const sources = process.env.CORRAL_LONGHORN_SOURCES;

test.skipIf(sources === undefined)(
  'as many texts of the sources are recognised as the documents say',
  () => {
    expect(countTexts(sources ?? '').counts).toEqual(JSON.parse(readFileSync(countsPath, 'utf8')));
  },
  60_000,
);
