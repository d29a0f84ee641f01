// Questions with the same choices as one table: a row a question, a column a choice (`table-list` of XLSForm). Where
// there is no room for it each question is a card with its choices.
import BfField from "form_field";
import BfText from "form_text";

const SELECTS = new Set(["select_one", "select_multiple"]);
const NARROWEST = 480; // pixels below which there is no table
const QUESTION = 200; // pixels that the questions need
const [LEAST, MOST] = [72, 150]; // pixels that a column needs
const LETTER = 9; // pixels

// The questions of a group that are one matrix, null where they are none.
export function matrixOf(group, form, row) {
  const looks = (item) => item.appearance || [];
  const asked = group.items.filter((item) => form.pass.visible(item, row) && !looks(item).includes("label"));
  const selects = asked.filter((item) => SELECTS.has(item.type));
  const one = selects.length > 1 && selects.every((item) => item.choices === selects[0].choices && !item.filter);
  const meant = looks(group).includes("table-list") || (selects.length > 0 && selects.every((item) => looks(item).includes("list-nolabel")));
  if (!one || !meant || form.reading || asked.some((item) => !SELECTS.has(item.type) && item.type !== "note")) return null;
  return selects;
}

// A column is as wide as the longest word of its choice; Chinese breaks anywhere.
function widthOf(choice) {
  const words = choice.label.split(/[\s\u2e80-\uffef]+/);
  return Math.min(MOST, Math.max(LEAST, 20 + LETTER * Math.max(...words.map((word) => word.length))));
}

export default {
  name: "BfMatrix",
  components: { BfField, BfText },
  inject: ["form"],
  props: { items: Array, row: Array, label: String },
  computed: {
    options() {
      return this.form.pass.choices(this.items[0], this.row);
    },
    asTable() {
      const needed = this.options.reduce((sum, choice) => sum + widthOf(choice), QUESTION);
      return this.form.width >= Math.max(NARROWEST, needed);
    },
  },
  methods: {
    id(item) {
      return this.form.idOf(this.form.pathOf(this.row, item.name));
    },
    text(item) {
      return this.form.pass.text(item.label, this.row) || item.name;
    },
    message(item) {
      return this.form.messageAt(item, this.row);
    },
    chosen(item, choice) {
      const raw = this.form.pass.raw(item, this.row);
      return Array.isArray(raw) ? raw.includes(choice.name) : raw === choice.name;
    },
    choose(item, choice, on) {
      const raw = this.form.pass.raw(item, this.row);
      const several = Array.isArray(raw) ? raw : raw ? [raw] : [];
      const left = several.filter((name) => name !== choice.name);
      this.form.change(item, this.row, item.type === "select_one" ? choice.name : on ? [...left, choice.name] : left);
    },
  },
  template: `
    <ul v-if="!asTable" class="bf-cards" :aria-label="label || null"><li v-for="item in items" :key="item.name" class="bf-card"><bf-field :item="item" :row="row" spread></bf-field></li></ul>
    <div v-else class="bf-table-box" :tabindex="form.reading ? 0 : null" :role="form.reading ? 'group' : null" :aria-label="form.reading ? label : null"><table class="bf-table bf-matrix" :aria-label="label">
      <thead><tr><td></td><th v-for="choice in options" :key="choice.name" scope="col"><bf-text :plain="choice.label" :styled="choice.styled" :row="row"></bf-text></th></tr></thead>
      <tbody><tr v-for="item in items" :key="item.name" :class="{ 'bf-wrong': message(item) }">
        <th scope="row" :id="id(item)" tabindex="-1">
          <bf-text :plain="text(item)" :styled="(item.styled || {}).label" :row="row"></bf-text><span v-if="!form.pass.required(item, row)" class="bf-optional">{{ form.say('optional') }}</span>
          <p v-if="message(item)" class="bf-error" :id="id(item) + '-error'"><span class="bf-hidden">{{ form.say('error_mark') }}</span>{{ message(item) }}</p>
        </th>
        <td v-for="(choice, at) in options" :key="choice.name"><label class="bf-matrix-cell">
          <input :type="item.type === 'select_one' ? 'radio' : 'checkbox'" :name="id(item)" :id="id(item) + '-' + at" :disabled="form.pass.fixed(item, row)" :checked="chosen(item, choice)"
            :aria-label="text(item) + form.say('colon') + choice.label" :aria-describedby="message(item) ? id(item) + '-error' : null" :aria-invalid="message(item) && item.type === 'select_multiple' ? 'true' : null" @change="choose(item, choice, $event.target.checked)">
        </label></td>
      </tr></tbody>
    </table></div>`,
};
