import { linksOf } from '../../longhorn/messages/links.ts';
import type { Meaning } from '../../longhorn/messages/look-up.ts';
import { messageClasses, type Row, type Wording } from '../../longhorn/messages/row.ts';

const speakers: Partial<Record<Row['speaker'], string>> = {
  job: 'the pod of a recurring job',
  manager: 'a longhorn-manager',
  node: "a node's own log",
};

const listed = (words: readonly string[]): string =>
  words.length <= 1 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

const of = ({ speaker }: Row): string => speakers[speaker] ?? `a ${speaker}`;

// What a state is called depends on what has it.
const stateOf = ({ fields, states }: Row): string => {
  if (states === undefined) return '';
  const what = fields[0]?.startsWith('event') ? 'with the reason' : fields[0]?.startsWith('condition') ? 'that is' : 'in the state';
  return `, ${what} ${listed(states)}`;
};

const tellWording = ({ versions, origin, seen }: Wording): string[] => [
  `  ${versions === '*' ? 'any version' : `Longhorn ${versions}`}, ${origin === 'product' ? 'as the product words it' : 'as a document words it'}: ${seen}`,
  ...linksOf(seen).map((link) => `  ${link}`),
];

const tellMeaning = ({ id, row, wordings, asCause }: Meaning): string[] => [
  `${row.class}: ${row.means}`,
  `  ${row.advice}`,
  `  where: ${listed(row.fields)} of ${of(row)}${stateOf(row)}`,
  ...(asCause ? ['  as the cause in: Failed to delete the backup URL in the backupstore, err ...'] : []),
  ...(row.only === undefined ? [] : [`  in order only where ${row.only}`]),
  ...wordings.flatMap(tellWording),
  `  in the catalogue: ${id}`,
];

/** Tells all that a text can mean, for a reader. */
export const tellMeanings = (meanings: readonly Meaning[]): string[] => {
  const classes = [...new Set(meanings.map(({ row }) => row.class))];
  return [
    ...(meanings.length > 1 ? [`It has ${meanings.length} meanings; which one it is, the field and the state decide.`, ''] : []),
    ...meanings.flatMap((meaning) => [...tellMeaning(meaning), '']),
    ...classes.map((name) => `${name}: ${messageClasses[name]}`),
  ];
};

/** The same for programs; `class` is null where the meanings do not agree on one. */
export const tellJson = (text: string, meanings: readonly Meaning[]): string => {
  const classes = new Set(meanings.map(({ row }) => row.class));
  const told = meanings.map(({ id, row, wordings, asCause }) => ({
    id,
    class: row.class,
    means: row.means,
    advice: row.advice,
    onlyWhere: row.only ?? null,
    said: { by: row.speaker, fields: row.fields, states: row.states ?? null, asCause },
    wordings: wordings.map(({ versions, origin, seen }) => ({ versions, origin, seen, links: linksOf(seen) })),
  }));
  return JSON.stringify(
    { text, class: classes.size === 0 ? 'unclassified' : classes.size === 1 ? [...classes][0] : null, meanings: told },
    null,
    2,
  );
};
