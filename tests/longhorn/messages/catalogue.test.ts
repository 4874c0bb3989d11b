import { readFileSync } from 'node:fs';
import semver from 'semver';
import { describe, expect, test } from 'vitest';
import { catalogue, type MessageId, messageIds } from '../../../e2e/longhorn/messages/catalogue.ts';
import { classify } from '../../../e2e/longhorn/messages/classify.ts';
import { deletionCause } from '../../../e2e/longhorn/messages/deletion-cause.ts';
import { meaningsOf } from '../../../e2e/longhorn/messages/look-up.ts';
import type { Message, Row, Wording } from '../../../e2e/longhorn/messages/row.ts';

// Releases around every change that a row names, and what comes first and last.
const versions = '1.0.1 1.1.3 1.7.3 1.8.0 1.8.2 1.9.0 1.9.3 1.10.1 1.10.2 1.11.0 1.12.1 1.12.2 1.13.0'.split(
  ' ',
);

const oneOf = ({ versions: range }: Wording): string => {
  const found = versions.find((version) => semver.satisfies(version, range));
  if (found === undefined) throw new Error(`no version of ${range} is among those tried`);
  return found;
};

const saidIn = ({ speaker, fields, states = [''] }: Row, text: string): Message[] =>
  fields.flatMap((field) => states.map((state) => ({ speaker, field, state, text })));

const wordings = messageIds.flatMap((id) =>
  catalogue[id].wordings.map((wording, index) => ({ id, row: catalogue[id] as Row, wording, index })),
);

/** Whether a version knows a message by this wording. */
const isKnownBy = (wording: Wording, message: Message, version: string): boolean => {
  const found = classify(message, version);
  return found.class !== 'unclassified' && found.wording === wording;
};

// Written a second time here, without versions: an example must not be taken by a row of another version
// either.
const fitsAlone = ({ compared }: Row, { pattern }: Wording, text: string): boolean => {
  const told = compared === 'cause' ? deletionCause(text) : text;
  if (told === undefined) return false;
  return compared === 'within'
    ? pattern.test(told)
    : new RegExp(`^(?:${pattern.source})$`, pattern.flags).test(told);
};

/** The rows that take a message where it is said, whatever the order of the catalogue. */
const rowsOf = ({ speaker, field, state, text }: Message): MessageId[] =>
  messageIds.filter((id) => {
    const row: Row = catalogue[id];
    const isHere =
      row.speaker === speaker && row.fields.includes(field) && (row.states?.includes(state) ?? true);
    return isHere && row.wordings.some((each) => fitsAlone(row, each, text));
  });

describe.for(wordings)('$id, wording $index', ({ id, row, wording }) => {
  const { example, pattern, versions: range, seen } = wording;

  test('its example is known by this row alone, in each of its places, and in no other version', () => {
    const outside = versions.find((version) => !semver.satisfies(version, range));
    expect(outside === undefined).toBe(range === '*');
    for (const message of saidIn(row, example)) {
      expect(classify(message, oneOf(wording))).toMatchObject({ id });
      expect(rowsOf(message)).toEqual([id]);
      if (outside !== undefined) expect(isKnownBy(wording, message, outside)).toBe(false);
    }
  });

  test('it has a range that parses, and says where it was seen; its example finds it without a place', () => {
    expect(semver.validRange(range)).not.toBe(null);
    expect(seen).not.toBe('');
    const found = meaningsOf(example).find((meaning) => meaning.id === id);
    expect(found?.asCause).toBe(false);
    expect(found?.wordings.map((each) => each.versions)).toContain(range);
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

describe('every row', () => {
  test.for(messageIds)('%s says in a sentence each what it means and what to do', (id) => {
    const { means, advice, only } = catalogue[id];
    for (const sentence of [means, advice]) expect(sentence).toMatch(/^[A-Z].*[.)]$/);
    if (only !== undefined) expect(only).not.toMatch(/\.$/);
  });

  test('names a class that a scenario knows what to do with', () => {
    expect([...new Set(messageIds.map((id) => catalogue[id].class))].sort()).toEqual([
      'configuration',
      'failure',
      'informational',
      'transient',
      'warning',
    ]);
  });

  test('has a name of its own', () => {
    const folder = new URL('../../../e2e/longhorn/messages/', import.meta.url);
    const surroundings = ['surroundings', 'restore', 'attachment', 'elsewhere', 'controllers', 'panics'];
    const files = ['waiting', 'deletion', 'creation', 'job', 'job-troubles', 'cron', ...surroundings];
    const written = files.flatMap((file) =>
      [...readFileSync(new URL(`${file}.ts`, folder), 'utf8').matchAll(/^ {2}'([\w-]+)': \{$/gm)].map(
        ([, id]) => id,
      ),
    );
    expect(written.toSorted()).toEqual(messageIds.toSorted());
  });
});
