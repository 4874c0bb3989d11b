import { makeButton, makeElement } from './element.ts';

/** The part of a form with rows of texts: a button that adds a row, and the rows, one for each of `initial`. */
export const repeatedInput = ({
  add,
  placeholders,
  initial,
}: {
  add: string;
  placeholders: readonly string[];
  initial: readonly (readonly string[])[];
}) => {
  const rows: HTMLInputElement[][] = [];
  const list = makeElement('div');
  const addRow = (values: readonly string[]): void => {
    const row = placeholders.map((placeholder, index) =>
      Object.assign(makeElement('input', 'ant-input'), { placeholder, value: values[index] ?? '' }),
    );
    rows.push(row);
    list.append(...row);
  };
  for (const values of initial) addRow(values);
  return {
    nodes: [makeButton('ant-btn ant-btn-dashed', add, () => addRow([])), list],
    /** What was entered, without rows whose first text is empty. */
    read: (): string[][] =>
      rows.map((row) => row.map(({ value }) => value.trim())).filter(([first]) => first !== ''),
  };
};
