/** A line of an object as text; `changed` says whether what it shows is new. */
export type YamlLine = { text: string; changed: boolean };

type Path = readonly (string | number)[];

const isPlain = /^[A-Za-z_/.][\w./@+-]*$/;
const isWord = /^(true|false|null|yes|no|on|off|~)$/i;

const scalar = (value: unknown): string => {
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'null';
  return isPlain.test(value) && !isWord.test(value) ? value : JSON.stringify(value);
};

const isEmpty = (value: unknown): boolean => typeof value !== 'object' || value === null || Object.keys(value).length === 0;

/** Writes an object as YAML does; what lies at or under a path of `changed` is marked. */
export const toYaml = (value: unknown, changed: readonly Path[] = []): YamlLine[] => {
  const isChanged = (path: Path) => changed.some((each) => each.length <= path.length && each.every((key, index) => key === path[index]));
  const write = (inner: unknown, path: Path, indent: string, lead: string): YamlLine[] => {
    const mark = isChanged(path);
    if (isEmpty(inner)) return [{ text: `${lead}${typeof inner === 'object' ? JSON.stringify(inner) : scalar(inner)}`, changed: mark }];
    if (Array.isArray(inner)) {
      const items = inner.flatMap((each, index) => {
        const [first, ...rest] = write(each, [...path, index], `${indent}  `, '');
        return first === undefined ? [] : [{ text: `${indent}- ${first.text.trimStart()}`, changed: first.changed }, ...rest];
      });
      return lead === '' ? items : [{ text: lead.trimEnd(), changed: mark }, ...items];
    }
    const fields = Object.entries(inner as object).flatMap(([key, each]) => {
      const deeper = Array.isArray(each) ? indent : `${indent}  `;
      return write(each, [...path, key], deeper, `${indent}${scalar(key)}: `);
    });
    return lead === '' ? fields : [{ text: lead.trimEnd(), changed: mark }, ...fields];
  };
  return write(value, [], '', '');
};
