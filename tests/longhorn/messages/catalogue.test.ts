import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import semver from 'semver';
import { describe, expect, test } from 'vitest';
import { catalogue, messageIds } from '../../../e2e/longhorn/messages/catalogue.ts';
import { classify, matchesWording } from '../../../e2e/longhorn/messages/classify.ts';
import { meaningsOf } from '../../../e2e/longhorn/messages/look-up.ts';
import type { Message, MessageRow, Wording } from '../../../e2e/longhorn/messages/row.ts';

// Releases around every change that a row names, and what comes first and last.
const versions = '1.0.1 1.1.3 1.7.3 1.8.0 1.8.2 1.9.0 1.9.3 1.10.1 1.10.2 1.11.0 1.12.1 1.12.2 1.13.0'.split(
  ' ',
);
const oneOf = ({ versions: range }: Wording): string =>
  versions.find((version) => semver.satisfies(version, range)) ?? `none of ${range}`;

const saidIn = ({ speaker, fields, states = [''] }: MessageRow, text: string): Message[] =>
  fields.flatMap((field) => states.map((state) => ({ speaker, field, state, text })));

/** Whether a version knows a message by this wording. */
const isKnownBy = (wording: Wording, message: Message, version: string): boolean => {
  const found = classify(message, version);
  return found.class !== 'unclassified' && found.wording === wording;
};

/** The rows that take a message where it is said, in any version, whatever the order of the catalogue. */
const rowsOf = ({ speaker, field, state, text }: Message) =>
  messageIds.filter((id) => {
    const row: MessageRow = catalogue[id];
    const isHere =
      row.speaker === speaker && row.fields.includes(field) && (row.states?.includes(state) ?? true);
    return isHere && row.wordings.some((each) => matchesWording(row, each, text));
  });

const wordings = messageIds.flatMap((id) =>
  catalogue[id].wordings.map((wording, index) => ({ id, row: catalogue[id] as MessageRow, wording, index })),
);

describe.for(wordings)('$id, wording $index', ({ id, row, wording }) => {
  const { example, pattern, versions: range } = wording;

  test('its example is known by this row alone, in each of its places and without one, and in no other version', () => {
    const outside = versions.find((version) => !semver.satisfies(version, range));
    expect(outside === undefined).toBe(range === '*');
    for (const message of saidIn(row, example)) {
      expect(classify(message, oneOf(wording))).toMatchObject({ id });
      expect(rowsOf(message)).toEqual([id]);
      if (outside !== undefined) expect(isKnownBy(wording, message, outside)).toBe(false);
    }
    expect(meaningsOf(example).find((meaning) => meaning.id === id)?.asCause).toBe(false);
  });

  test('a text that lacks one of its words is another message', () => {
    // What stands around is not the pattern's, nor are the names in it.
    const part = row.compared === 'within' ? (pattern.exec(example)?.[0] ?? '') : example;
    const literal = pattern.source.replaceAll('\\b', ' ');
    const words = (part.match(/[A-Za-z]\w+/g) ?? []).filter((word) =>
      new RegExp(`(?<![\\\\\\w])${word}(?!\\w)`).test(literal),
    );
    expect(words.length).toBeGreaterThan(0);
    for (const word of new Set(words)) {
      const text = example.replace(part, part.replaceAll(new RegExp(`\\b${word}\\b`, 'g'), ''));
      for (const message of saidIn(row, text))
        expect(isKnownBy(wording, message, oneOf(wording)), `without "${word}": ${text}`).toBe(false);
    }
  });
});

test('every row has a name of its own', () => {
  const folder = fileURLToPath(new URL('../../../e2e/longhorn/messages/', import.meta.url));
  const written = globSync('*.ts', { cwd: folder }).flatMap((file) =>
    [...readFileSync(folder + file, 'utf8').matchAll(/^ {2}'([\w-]+)': \{$/gm)].map(([, id]) => id),
  );
  expect(written.toSorted()).toEqual(messageIds.toSorted());
});
