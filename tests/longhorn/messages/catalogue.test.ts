import { readFileSync } from 'node:fs';
import semver from 'semver';
import { describe, expect, test } from 'vitest';
import { catalogue, type MessageId, messageIds } from '../../../e2e/longhorn/messages/catalogue.ts';
import { classify } from '../../../e2e/longhorn/messages/classify.ts';
import { deletionCause } from '../../../e2e/longhorn/messages/deletion-cause.ts';
import type { Message, Row, Wording } from '../../../e2e/longhorn/messages/row.ts';

// Releases around every change that a row names, and what comes first and last.
const versions = [
  '1.0.1',
  '1.1.3',
  '1.7.3',
  '1.8.0',
  '1.8.2',
  '1.9.0',
  '1.9.3',
  '1.10.1',
  '1.10.2',
  '1.11.0',
  '1.12.1',
  '1.12.2',
  '1.13.0',
];

const oneOf = ({ versions: range }: Wording): string => {
  const found = versions.find((version) => semver.satisfies(version, range));
  if (found === undefined) throw new Error(`no version of ${range} is among those tried`);
  return found;
};

const saidIn = ({ speaker, fields, states = [''] }: Row, text: string): Message[] =>
  fields.flatMap((field) => states.map((state) => ({ speaker, field, state, text })));

const idOf = (message: Message, version: string): MessageId | undefined => {
  const found = classify(message, version);
  return found.class === 'unclassified' ? undefined : found.id;
};

const wordings = messageIds.flatMap((id) =>
  catalogue[id].wordings.map((wording, index) => ({ id, row: catalogue[id] as Row, wording, index })),
);

test.for(wordings)(
  '$id, wording $index: its example is known by this row alone, in each of its places',
  ({ id, row, wording }) => {
    const version = oneOf(wording);
    for (const message of saidIn(row, wording.example)) {
      expect(idOf(message, version)).toBe(id);
      // Each other row alone: none takes the text, whatever the order of the catalogue.
      const others = messageIds.filter((other) => {
        const { fields, speaker, states } = catalogue[other];
        const here =
          speaker === message.speaker &&
          fields.includes(message.field) &&
          (states?.includes(message.state) ?? true);
        return (
          other !== id &&
          here &&
          catalogue[other].wordings.some((each) => fitsAlone(catalogue[other], each, message.text))
        );
      });
      expect(others).toEqual([]);
    }
  },
);

// Written a second time here, without versions: an example must not be taken by a row of another version
// either.
const fitsAlone = ({ compared }: Row, { pattern }: Wording, text: string): boolean => {
  const told = compared === 'cause' ? deletionCause(text) : text;
  if (told === undefined) return false;
  return compared === 'within'
    ? pattern.test(told)
    : new RegExp(`^(?:${pattern.source})$`, pattern.flags).test(told);
};

test.for(wordings)('$id, wording $index: a range that parses, and where it was seen', ({ wording }) => {
  expect(semver.validRange(wording.versions)).not.toBe(null);
  expect(wording.seen).not.toBe('');
});

test.for(wordings.filter(({ wording }) => wording.versions !== '*'))(
  '$id, wording $index: of no other version',
  ({ id, row, wording }) => {
    const outside = versions.find((version) => !semver.satisfies(version, wording.versions));
    if (outside === undefined) throw new Error(`every version tried is in ${wording.versions}`);
    for (const message of saidIn(row, wording.example)) {
      const found = classify(message, outside);
      expect(found.class === 'unclassified' || found.wording !== wording, `${id} in ${outside}`).toBe(true);
    }
  },
);

test.for(wordings)(
  '$id, wording $index: a text that lacks one of its words is another message',
  ({ row, wording }) => {
    const { example, pattern } = wording;
    const version = oneOf(wording);
    // What stands around is not the pattern's, nor are the names in it.
    const part = row.compared === 'within' ? (pattern.exec(example)?.[0] ?? '') : example;
    const literal = pattern.source.replaceAll('\\b', ' ');
    const words = (part.match(/[A-Za-z]\w+/g) ?? []).filter((word) =>
      new RegExp(`(?<![\\\\\\w])${word}(?!\\w)`).test(literal),
    );
    expect(words.length).toBeGreaterThan(0);
    for (const word of new Set(words)) {
      const text = example.replace(part, part.replaceAll(new RegExp(`\\b${word}\\b`, 'g'), ''));
      for (const message of saidIn(row, text)) {
        const found = classify(message, version);
        expect(
          found.class === 'unclassified' || found.wording !== wording,
          `without "${word}": ${text}`,
        ).toBe(true);
      }
    }
  },
);

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
