// The columns of a tab as RevoGrid wants them: letters above, the looks of cells, the editor of each.

import type {
  CellProps,
  CellTemplateProp,
  ColumnRegular,
  EditorCtr,
  HyperFunc,
  VNode,
} from '@revolist/revogrid';
import type { PageColumn } from '../page-api.ts';
import { showCell } from './cell-look.ts';
import { columnLetters } from './dom.ts';
import type { RowModel, TabModel } from './tab-model.ts';

export type ColumnParts = {
  readonly model: TabModel;
  readonly editorOf: (column: PageColumn) => EditorCtr;
  readonly onTick: (row: number, column: number) => void;
};

export function toGridColumns(parts: ColumnParts): ColumnRegular[] {
  return parts.model
    .tab()
    .columns.filter(({ hidden }) => !hidden)
    .map((column) => toGridColumn(parts, column));
}

function toGridColumn({ model, editorOf, onTick }: ColumnParts, column: PageColumn): ColumnRegular {
  const rowOf = (props: CellTemplateProp): RowModel => props.model as unknown as RowModel;
  // The drawing asks twice for each cell, for its content and for its attributes.
  let last: { row: RowModel; shown: ReturnType<typeof showCell> } | null = null;
  const shownOf = (row: RowModel) => {
    last = { row, shown: showCell(model.tab(), row, column) };
    return last.shown;
  };
  const title = () => String(model.cell(1, column.column));
  return {
    prop: `c${column.column}`,
    name: columnLetters(column.column),
    size: column.widthPx,
    column: column.column,
    sortable: false,
    editor: editorOf(column),
    cellProperties: (props): CellProps => {
      const row = rowOf(props);
      model.want(row);
      const { classes, note, style, text } = shownOf(row);
      return {
        class: Object.fromEntries(classes.map((name) => [name, true])),
        style,
        title: note !== '' ? note : text.length > 24 ? text : '',
        'aria-readonly': String(!column.editable),
        'aria-description': note,
        'data-row': row.n,
        'data-column': column.column,
        ...(row.n === 1 ? { role: 'columnheader' } : {}),
      };
    },
    cellTemplate: (h: HyperFunc<VNode>, props: CellTemplateProp) => {
      const row = rowOf(props);
      const { tick, text, feeling } = last?.row === row ? last.shown : shownOf(row);
      if (tick === null) return h('span', { class: feeling === null ? 'text' : `state ${feeling}` }, text);
      return h('input', {
        type: 'checkbox',
        tabindex: -1,
        checked: tick,
        disabled: !column.editable,
        'aria-label': `${title()}, row ${row.n}`,
        onClick: (event: Event) => {
          event.preventDefault();
          onTick(row.n, column.column);
        },
      });
    },
  };
}
