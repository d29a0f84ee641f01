// Groups with the same questions as one table: a row a group, a column a question (Kobo's matrix).
import BfField from "form_field";
import BfText from "form_text";

const COLUMN = 118; // pixels that a column needs
const LINE = new Set(["text", "integer", "decimal", "money", "date", "time", "datetime", "select_one", "calculate"]);

// The groups of a group that are the rows of one table, null where they are none.
export function gridOf(group, form, row) {
  if (!(group.appearance || []).includes("grid") || form.reading) return null;
  const rows = group.items.filter((item) => item.type === "begin_group" && form.pass.visible(item, row));
  const types = (item) => item.items.map((child) => child.type).join();
  const plain = (item) => item.items.every((child) => LINE.has(child.type) && !(child.appearance || []).includes("multiline"));
  if (!rows.length || !rows.every((item) => plain(item) && types(item) === types(rows[0]))) return null;
  return form.width >= (rows[0].items.length + 1) * COLUMN ? rows : null;
}

export default {
  name: "BfGrid",
  components: { BfField, BfText },
  inject: ["form"],
  props: { items: Array, row: Array, label: String },
  methods: {
    text(item) {
      return this.form.pass.text(item.label, this.row) || item.name;
    },
    // The label of a cell begins with that of its row: `桌子：数量`.
    column(item) {
      const [text, row] = [this.text(item), this.text(this.items[0])];
      return text.startsWith(row) ? text.slice(row.length).replace(/^[：:]\s*/, "") : text;
    },
  },
  template: `
    <div class="bf-table-box" :tabindex="form.reading ? 0 : null" :role="form.reading ? 'group' : null" :aria-label="form.reading ? label : null"><table class="bf-table" :aria-label="label">
      <thead><tr><td></td><th v-for="item in items[0].items" :key="item.name" scope="col">{{ column(item) }}</th></tr></thead>
      <tbody><tr v-for="group in items" :key="group.name">
        <th scope="row"><bf-text :plain="text(group)" :styled="(group.styled || {}).label" :row="row"></bf-text></th>
        <td v-for="item in group.items" :key="item.name">
          <bf-field v-if="form.pass.visible(item, row)" :item="item" :row="row" cell></bf-field>
          <span v-else class="bf-muted">—</span>
        </td>
      </tr></tbody>
    </table></div>`,
};
