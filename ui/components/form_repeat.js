// A repeat: cards on a narrow page, an editable table on a wide one; rows come and go, and can be pasted from Excel.
import { UNSEEN, dataAt } from "form_model";
import { LINES, cellsOf, near } from "form_values";
import { planned } from "form_paste";
import BfField from "form_field";
import BfText, { BfGuidance } from "form_text";

const WIDEST = 8; // columns that a table may have
const MOST_OPTIONS = 50; // choices that a control inside a table may have
const COLUMN = 118; // pixels that a column needs
const NARROW = 480; // pixels below which rows are cards while they are filled in: a box would hold no campus number

const MOST_NAMED = 5; // cells
const USUAL = 5; // columns that fit beside what the page says of the form

const columnsOf = (form, item) => Array.from(form.model.leaves(item.items)).filter((column) => !UNSEEN.has(column.type));
const hasLines = (item) => (item.appearance || []).some((look) => LINES.has(look));

// Whether the rows of a repeat can stand in a table, where it is wide enough: only plain questions fit into one.
function isPlain(form, item) {
  const looks = item.appearance || [];
  if (looks.includes("cards") || looks.includes("卡片")) return false;
  const long = (column) => (form.schema.choices[column.choices] || []).length > MOST_OPTIONS;
  const plain = (column) => !["begin_repeat", "note", "file", "image", "select_multiple", "rank"].includes(column.type) || form.reading;
  const columns = columnsOf(form, item);
  return columns.length <= WIDEST && columns.every((column) => column.type !== "begin_repeat" && plain(column) && !hasLines(column) && (form.reading || !long(column)));
}

// Whether some items have a table that wants more room than a form usually has.
export function wantsRoom(form, items) {
  return items.some((item) => {
    if (item.type === "begin_group") return wantsRoom(form, item.items);
    return item.type === "begin_repeat" && columnsOf(form, item).length > USUAL && isPlain(form, item) && form.pass.visible(item, []);
  });
}

export default {
  name: "BfRepeat",
  components: { BfField, BfGuidance, BfText },
  inject: ["form"],
  props: { item: Object, row: Array, titled: { type: Boolean, default: true } },
  data: () => ({ undo: null, told: "" }),
  computed: {
    pass() {
      return this.form.pass;
    },
    path() {
      return this.form.pathOf(this.row, this.item.name);
    },
    id() {
      return this.form.idOf(this.path);
    },
    label() {
      return this.pass.text(this.item.label, this.row) || this.item.name;
    },
    hint() {
      return this.pass.text(this.item.hint, this.row);
    },
    count() {
      return this.pass.rows(this.item, this.row);
    },
    // What is only read and has no answer in any row is as good as no row.
    empty() {
      const blank = (value) => value === null || value === undefined || value === "" || (typeof value === "object" && Object.values(value).every(blank));
      return !this.count || (this.form.reading && !this.item.count && this.rows.every((row) => blank(dataAt(this.form.answers, row))));
    },
    rows() {
      return Array.from({ length: this.count }, (_, index) => [...this.row, [this.item.name, index]]);
    },
    columns() {
      return columnsOf(this.form, this.item);
    },
    asTable() {
      if (!this.form.reading && this.form.width < NARROW) return false;
      return this.form.width >= this.columns.length * COLUMN + 90 && isPlain(this.form, this.item);
    },
    // Columns that no row shows take no room.
    shownColumns() {
      return this.columns.filter((item) => !this.count || this.rows.some((row) => this.pass.visible(item, row)));
    },
    open() {
      return !this.item.count && this.form.model.isOpen(this.item);
    },
    mayAdd() {
      return this.open && this.count < this.item.most;
    },
    message() {
      return this.form.serverMessageAt(this.path) || this.form.tooManyRows(this.item, this.row);
    },
  },
  methods: {
    columnLabel(item) {
      return this.pass.heading(item, this.row);
    },
    rowMessage(row) {
      return this.form.serverMessageAt(this.form.pathOf(row));
    },
    keyOf(row) {
      // Rows that a count makes have no data of their own until somebody writes into them.
      return this.item.count ? row[row.length - 1][1] : this.form.keyOf(dataAt(this.form.answers, row));
    },
    add() {
      this.undo = null;
      this.form.addRows(this.item, this.row, [{}]);
      this.$nextTick(() => this.form.focusFirst(this.rowId(this.count - 1)));
    },
    remove(index) {
      this.undo = { index, data: this.form.removeRow(this.item, this.row, index) };
      this.told = "";
      this.$nextTick(() => this.$refs.undo && this.$refs.undo.focus());
    },
    putBack() {
      this.form.addRows(this.item, this.row, [this.undo.data], this.undo.index);
      const index = this.undo.index;
      this.undo = null;
      this.$nextTick(() => this.form.focusFirst(this.rowId(index)));
    },
    rowId(index) {
      return `${this.id}-row-${index}`;
    },
    // Cells copied from a spreadsheet go into the rows from the cell at which they were pasted; more rows are added.
    paste(event) {
      const text = event.clipboardData ? event.clipboardData.getData("text/plain") : "";
      const place = event.target.closest("[data-column]");
      const inLines = event.target.tagName === "TEXTAREA" && !text.includes("\t");
      if (!this.open || !place || inLines || !/[\t\n]/.test(text.trim())) return;
      event.preventDefault();
      const columns = this.columns.filter((item) => !["file", "image", "begin_repeat", "note"].includes(item.type));
      const first = columns.findIndex((item) => item.name === place.dataset.column);
      if (first < 0) return;
      const start = Number(place.dataset.row);
      const { lines, computed, beyond } = planned(cellsOf(text), columns, first, {
        label: (item) => this.columnLabel(item),
        fixed: (item) => this.pass.fixed(item, [...this.row, [this.item.name, start]]),
        choices: (item) => this.form.schema.choices[item.choices] || [],
      });
      const room = this.item.most - start;
      const { unfit, unasked } = this.form.pasteRows(this.item, this.row, start, lines.slice(0, room));
      this.undo = null;
      const told = [this.form.say("pasted", { count: Math.min(lines.length, room) })];
      if (lines.length > room) told.push(this.form.say("pasted_left", { count: lines.length - room, most: this.item.most }));
      if (computed.length) told.push(this.form.say("pasted_computed", { count: computed.length, cells: this.cellsNamed(computed) }));
      if (beyond.length) told.push(this.form.say("pasted_beyond", { count: beyond.length, cells: this.quoted(beyond) }));
      if (unfit.length) told.push(this.form.say("pasted_unfit", { count: unfit.length, cells: this.cellsNamed(unfit) }));
      if (unasked.length) told.push(this.form.say("pasted_unasked", { count: unasked.length, cells: this.cellsNamed(unasked) }));
      this.told = told.join(" ");
    },
    quoted(texts) {
      return texts.slice(0, MOST_NAMED).map((text) => this.form.say("quoted", { text })).join(this.form.say("comma")) + (texts.length > MOST_NAMED ? "…" : "");
    },
    cellsNamed(cells) {
      const { say, schema } = this.form;
      return cells.slice(0, MOST_NAMED).map(([item, text]) => {
        const [meant] = item.choices && !item.searched ? near(schema.choices[item.choices] || [], text) : [];
        const facts = { label: this.columnLabel(item), text };
        return meant && meant.label !== text && meant.name !== text ? say("pasted_cell_near", { ...facts, near: meant.label }) : say("pasted_cell", facts);
      }).join(say("comma")) + (cells.length > MOST_NAMED ? "…" : "");
    },
  },
  template: `
    <section class="bf-repeat" :id="id" tabindex="-1" :aria-labelledby="id + '-title'" @paste="paste">
      <h3 class="bf-repeat-title" :class="{ 'bf-hidden': !titled }" :id="id + '-title'">{{ label }}</h3>
      <p v-if="hint && !form.reading" class="bf-hint"><bf-text :plain="hint" :styled="(item.styled || {}).hint" :row="row"></bf-text></p>
      <bf-guidance v-if="!form.reading" :item="item" :row="row"></bf-guidance>
      <p v-if="message" class="bf-error">{{ message }}</p>
      <p v-if="empty" class="bf-muted">{{ form.say(form.reading ? 'none_given' : 'no_rows') }}</p>

      <div v-if="!empty && asTable" class="bf-table-box" :tabindex="form.reading ? 0 : null" :role="form.reading ? 'group' : null" :aria-label="form.reading ? label : null">
        <table class="bf-table">
          <thead><tr>
            <th scope="col" class="bf-row-number"><span class="bf-hidden">{{ form.say('row', { number: '' }) }}</span></th>
            <th v-for="item in shownColumns" :key="item.name" scope="col">{{ columnLabel(item) }}</th>
            <th v-if="open" scope="col" class="bf-row-tools"><span class="bf-hidden">{{ form.say('operation') }}</span></th>
          </tr></thead>
          <tbody v-for="(row, index) in rows" :key="keyOf(row)">
            <tr :id="rowId(index)">
              <th scope="row" class="bf-row-number">{{ index + 1 }}</th>
              <td v-for="item in shownColumns" :key="item.name" :data-column="item.name" :data-row="index">
                <bf-field v-if="pass.visible(item, row)" :item="item" :row="row" cell></bf-field>
                <span v-else class="bf-muted">—</span>
              </td>
              <td v-if="open" class="bf-row-tools"><button type="button" class="bf-icon-button" :aria-label="form.say('remove_row', { number: index + 1 })" @click="remove(index)"><span aria-hidden="true">✕</span></button></td>
            </tr>
            <tr v-if="rowMessage(row)"><td :colspan="shownColumns.length + 2"><p class="bf-error" :id="form.idOf(form.pathOf(row))" tabindex="-1">{{ rowMessage(row) }}</p></td></tr>
          </tbody>
        </table>
      </div>
      <ol v-else-if="!empty" class="bf-cards">
        <li v-for="(row, index) in rows" :key="keyOf(row)" class="bf-card" :id="rowId(index)">
          <div class="bf-card-head">
            <h4>{{ form.say('row_of', { label, number: index + 1 }) }}</h4>
            <button v-if="open" type="button" class="bf-link bf-danger" :aria-label="form.say('remove_row', { number: index + 1 })" @click="remove(index)">{{ form.say('remove') }}</button>
          </div>
          <p v-if="rowMessage(row)" class="bf-error" :id="form.idOf(form.pathOf(row))" tabindex="-1">{{ rowMessage(row) }}</p>
          <div v-for="item in item.items" :key="item.name" :data-column="item.name" :data-row="index"><bf-item :item="item" :row="row"></bf-item></div>
        </li>
      </ol>
      <p v-if="undo" class="bf-undo" role="status">{{ form.say('removed', { number: undo.index + 1 }) }} <button ref="undo" type="button" class="bf-link" @click="putBack">{{ form.say('undo') }}</button></p>
      <p v-if="told" class="bf-undo" role="status">{{ told }}</p>
      <div v-if="open" class="bf-repeat-tools">
        <button type="button" class="bf-button" :disabled="!mayAdd" @click="add"><span aria-hidden="true">＋ </span>{{ form.say('add_row') }}</button>
        <span v-if="!mayAdd" class="bf-muted">{{ form.say('most_rows', { most: item.most }) }}</span>
        <span v-else-if="asTable || !count" class="bf-hint bf-paste-hint">{{ form.say('paste_hint') }}</span>
      </div>
    </section>`,
};
