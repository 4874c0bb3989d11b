import { type Cell, type Column, type MenuEntry, type Sorting, sortRows } from './cell.ts';
import { pairsDialog } from './dialog.ts';
import { makeElement } from './element.ts';
import { menuButton } from './menu.ts';

let shown: { target: HTMLElement; tooltip: HTMLElement } | undefined;

const hide = (): void => {
  shown?.tooltip.remove();
  shown = undefined;
};

/** Shows a tooltip while the pointer is on an element. As in Longhorn's UI, the tooltip is at the end of the body. */
export const withTooltip = (target: HTMLElement, text: string): HTMLElement => {
  if (!text) return target;
  target.addEventListener('mouseenter', () => {
    hide();
    const { left, bottom } = target.getBoundingClientRect();
    const inner = makeElement('div', 'ant-tooltip-inner', [text]);
    inner.role = 'tooltip';
    const tooltip = makeElement('div', 'ant-tooltip', [makeElement('div', 'ant-tooltip-content', [inner])]);
    tooltip.style.left = `${left}px`;
    tooltip.style.top = `${bottom}px`;
    document.body.append(tooltip);
    shown = { target, tooltip };
  });
  target.addEventListener('mouseleave', hide);
  return target;
};

/** Hides the tooltip of an element that was removed from the page: such an element gets no mouseleave event. */
const hideStaleTooltip = (): void => {
  if (shown && !shown.target.isConnected) hide();
};

type TableOptions<Row extends { id: string }> = {
  id: string;
  columns: Column<Row>[];
  menu(row: Row): MenuEntry[];
  onSelect(key: string, row: Row): void;
  isSortable?: boolean;
  /** Each row has a box. Called with the rows whose box is checked. */
  onChecked?(rows: Row[]): void;
};

const icon = (name: string): HTMLElement => {
  const made = makeElement('i', `anticon anticon-${name}`);
  made.ariaLabel = `icon: ${name}`;
  return made;
};

const drawing = (): SVGSVGElement => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const side of ['width', 'height']) made.setAttribute(side, '18');
  return made;
};

const progressBar = (percent: number): HTMLElement => {
  const bar = makeElement('div', 'ant-progress-bg');
  bar.style.width = `${percent}%`;
  // A full bar has an icon in place of the percentage.
  const text = makeElement('span', 'ant-progress-text', [
    percent >= 100 ? icon('check-circle') : `${percent}%`,
  ]);
  const status = percent >= 100 ? 'success' : 'normal';
  const outer = makeElement('div', 'ant-progress-outer', [makeElement('div', 'ant-progress-inner', [bar])]);
  return makeElement('div', `ant-progress ant-progress-line ant-progress-status-${status}`, [outer, text]);
};

const renderCell = ({
  text,
  className,
  tooltip = '',
  warning,
  mark,
  more,
  progress,
  href,
  popUp,
  icon: sign,
}: Cell): HTMLElement => {
  if (progress !== undefined) return progressBar(progress);
  const inner: Node[] = [];
  if (warning) inner.push(icon('warning'));
  if (mark) inner.push(makeElement('div', 'mark', [drawing()]));
  if (popUp !== undefined) {
    const opener = makeElement(sign === undefined ? 'a' : 'div', '', [
      sign === undefined ? text : icon(sign),
    ]);
    opener.addEventListener('click', () => pairsDialog(popUp));
    inner.push(opener);
  } else if (href === undefined) {
    inner.push(makeElement('span', '', [text]));
  } else {
    const link = makeElement('a', '', [text]);
    link.href = href;
    inner.push(link);
  }
  if (more) inner.push(icon('info-circle'));
  return withTooltip(makeElement('div', className, inner), tooltip);
};

const operation = { title: 'Operation', width: 120 };

/** The header of a column. `inBody` marks a column that is covered by the fixed column at the right edge. */
type Head = { title: string; width: number; inBody?: boolean; onClick?: () => void };

const covered = (inBody = false): string => (inBody ? 'ant-table-fixed-columns-in-body' : '');

// Head and body are separate tables, so both need the widths of the columns.
const tableOf = (heads: Head[], content: HTMLElement): HTMLElement => {
  const widths = heads.map(({ width }) => {
    const column = makeElement('col');
    column.style.width = `${width}px`;
    return column;
  });
  return makeElement('table', 'ant-table-fixed', [makeElement('colgroup', '', widths), content]);
};

const header = (heads: Head[]): HTMLElement => {
  const cells = heads.map(({ title, inBody, onClick }) => {
    const cell = makeElement('th', covered(inBody), [makeElement('span', 'ant-table-column-title', [title])]);
    if (onClick) cell.addEventListener('click', onClick);
    return cell;
  });
  return makeElement('thead', 'ant-table-thead', [makeElement('tr', '', cells)]);
};

const row = (key: string, cells: { content: HTMLElement; inBody?: boolean }[]): HTMLTableRowElement => {
  const made = makeElement(
    'tr',
    'ant-table-row ant-table-row-level-0',
    cells.map(({ content, inBody }) => makeElement('td', covered(inBody), [content])),
  );
  made.dataset.rowKey = key;
  return made;
};

const half = (heads: Head[], body: HTMLElement): HTMLElement[] => [
  makeElement('div', 'ant-table-header', [tableOf(heads, header(heads))]),
  makeElement('div', 'ant-table-body', [tableOf(heads, body)]),
];

/**
 * Creates a table with the structure of Longhorn's UI. Head and body are separate tables, and so is the fixed
 * column Operation at the right edge. That column is also in the body, covered and invisible. A row keeps its
 * elements while its content is the same.
 */
export const createTable = <Row extends { id: string }>({
  id,
  columns,
  menu,
  onSelect,
  isSortable = true,
  onChecked,
}: TableOptions<Row>) => {
  let last: Row[] = [];
  let sorting: Sorting | undefined;
  // First ascending, then descending, then as it was.
  const sortBy = (column: number): void => {
    const isSame = sorting?.column === column;
    if (isSame && sorting?.isDescending) sorting = undefined;
    else sorting = { column, isDescending: isSame };
    update(last);
  };
  const checked = new Set<string>();
  // A row keeps its box when it is drawn anew.
  const boxes = new Map<string, HTMLInputElement>();
  const boxOf = (name: string): HTMLInputElement => {
    const box =
      boxes.get(name) ?? Object.assign(makeElement('input', 'ant-checkbox-input'), { type: 'checkbox' });
    if (!boxes.has(name))
      box.addEventListener('change', () => {
        if (box.checked) checked.add(name);
        else checked.delete(name);
        onChecked?.(last.filter((each) => checked.has(each.id)));
      });
    boxes.set(name, box);
    return box;
  };
  const selection: Head[] = onChecked ? [{ title: '', width: 60 }] : [];
  const heads: Head[] = columns.map(({ title, width, sort }, index) => ({
    ...{ title, width },
    ...(sort !== undefined && isSortable && { onClick: () => sortBy(index) }),
  }));
  const bodies = [makeElement('tbody', 'ant-table-tbody'), makeElement('tbody', 'ant-table-tbody')] as const;
  const placeholder = makeElement('div', 'ant-table-placeholder', ['No Data']);
  const halves = [
    makeElement(
      'div',
      'ant-table-scroll',
      half([...selection, ...heads, { ...operation, inBody: true }], bodies[0]),
    ),
    makeElement('div', 'ant-table-fixed-right', half([operation], bodies[1])),
  ];
  const root = makeElement('div', '', [
    makeElement('div', 'ant-table', [makeElement('div', 'ant-table-content', halves), placeholder]),
  ]);
  root.id = id;
  let known = new Map<
    string,
    { shown: string; rows: readonly [HTMLElement, HTMLElement]; data: { current: Row } }
  >();
  const render = (each: Row) => {
    const cells = columns.map(({ cell }) => cell(each));
    const shown = JSON.stringify(cells);
    const before = known.get(each.id);
    if (before) before.data.current = each;
    if (before?.shown === shown) return before;
    const data = before?.data ?? { current: each };
    const opener = () =>
      menuButton(
        () => menu(data.current),
        (key) => onSelect(key, data.current),
      );
    const main = [
      ...selection.map(() => ({ content: boxOf(each.id) })),
      ...cells.map((cell) => ({ content: renderCell(cell) })),
      { content: opener(), inBody: true },
    ];
    // The menu's button is kept: otherwise an open menu could not be closed with it.
    return {
      shown,
      data,
      rows: [row(each.id, main), before?.rows[1] ?? row(each.id, [{ content: opener() }])] as const,
    };
  };
  const update = (rows: Row[]): void => {
    last = rows;
    const next = sortRows(rows, columns, sorting).map((each) => [each.id, render(each)] as const);
    known = new Map(next);
    placeholder.hidden = rows.length > 0;
    for (const index of [0, 1] as const) {
      const wanted = next.map(([, { rows: elements }]) => elements[index]);
      const present = [...bodies[index].children];
      // Replaced only if necessary, because a moved element loses the pointer.
      if (wanted.length !== present.length || wanted.some((each, at) => each !== present[at]))
        bodies[index].replaceChildren(...wanted);
    }
    hideStaleTooltip();
  };
  return { root, update };
};
