// One question with its native control, label, hint and message; or its value, where it cannot be changed.
import { LINES, LIST_TYPES, NUMBER_TYPES, partOf } from "form_values";
import BfDevice from "form_device";
import BfFiles from "form_files";
import BfMap from "form_map";
import BfMedia from "form_media";
import BfRank from "form_rank";
import BfSearch from "form_search";
import BfText, { BfGuidance } from "form_text";

const MOST_RADIOS = 5;
const MOST_OPTIONS = 50;
const MOST_STEPS = 11; // steps of a range that are shown as such

export default {
  name: "BfField",
  components: { BfDevice, BfFiles, BfMap, BfMedia, BfRank, BfSearch, BfGuidance, BfText },
  inject: ["form"],
  // `spread` shows all choices, however many.
  props: { item: Object, row: Array, cell: Boolean, spread: Boolean },
  data: () => ({ mapFailed: false, listOpen: false }),
  computed: {
    path() {
      return this.form.pathOf(this.row, this.item.name);
    },
    id() {
      return this.form.idOf(this.path);
    },
    label() {
      return this.form.pass.text(this.item.label, this.row) || this.item.name;
    },
    hint() {
      const own = this.form.pass.text(this.item.hint, this.row);
      return own || (this.item.type === "person" ? this.form.say(this.form.finds ? "person_find" : "person_hint") : "");
    },
    styled() {
      return this.item.styled || {};
    },
    fixed() {
      return this.form.pass.fixed(this.item, this.row);
    },
    // What the server says of an answer, such as the name behind a campus number.
    told() {
      return this.item.type === "account" ? "" : this.form.toldOf(this.path); // its box shows the name itself
    },
    shownValue() {
      return this.form.pass.display(this.item, this.row, this.form.say);
    },
    required() {
      return this.form.pass.required(this.item, this.row);
    },
    message() {
      return this.form.messageAt(this.item, this.row);
    },
    described() {
      return [this.hint && !this.cell ? `${this.id}-hint` : "", this.message ? `${this.id}-error` : ""].filter(Boolean).join(" ") || null;
    },
    // Which control asks for the answer.
    control() {
      const { type } = this.item;
      const looks = this.item.appearance || [];
      if (type === "select_one") {
        const count = this.options.length;
        if (this.item.searched || looks.includes("autocomplete") || count > MOST_OPTIONS) return "search";
        if (this.spread) return "radios";
        if (!this.cell && (this.pictured || looks.includes("image-map")) && !looks.includes("minimal")) return "radios";
        return this.cell || looks.includes("minimal") || count > MOST_RADIOS ? "select" : "radios";
      }
      if (type === "account") return "search";
      if (type === "select_multiple") return "checks";
      if (type === "rank") return "rank";
      if (this.scale.length) return "radios";
      if (type === "acknowledge") return "check";
      if (type === "file" || type === "image") return "files";
      if (type === "department" && this.form.schema.departments) return "search";
      if (type === "person" && this.form.finds) return "search";
      return looks.some((look) => LINES.has(look)) && !this.cell ? "lines" : "line";
    },
    // The steps of a short range, to be pressed.
    scale() {
      const { start = 1, end = 10, step = 1 } = this.item.parameters || {};
      if (this.cell || !(this.item.appearance || []).includes("range")) return [];
      const count = Math.floor((end - start) / Math.abs(step) + 1e-9);
      if (!(count < MOST_STEPS)) return [];
      return Array.from({ length: count + 1 }, (_, at) => String(Math.round((Number(start) + at * Math.abs(step)) * 1e9) / 1e9)).map((text) => ({ name: text, label: text }));
    },
    options() {
      if (this.scale.length) return this.scale;
      if (this.item.type === "department") return this.form.schema.departments || [];
      if (this.item.type === "person") return [];
      return this.form.pass.choices(this.item, this.row);
    },
    // What was chosen, or pasted, and is not offered (any more).
    gone() {
      return this.form.pass.gone(this.item, this.row);
    },
    goneText() {
      return this.message ? "" : this.form.pass.goneText(this.item, this.row, this.form.say);
    },
    // Why there is nothing to choose; an empty text where there is.
    nothing() {
      return this.options.length || !this.item.choices || this.item.searched ? "" : this.form.pass.nothingToChoose(this.item, this.row, this.form.say);
    },
    // Whether a choice is told by more than its words.
    pictured() {
      return this.options.some((choice) => choice.media);
    },
    // The picture whose shapes are the choices; an empty text where there is none.
    map() {
      const file = (this.item.media || {}).image || "";
      const shown = ["radios", "checks"].includes(this.control) && (this.item.appearance || []).includes("image-map");
      return shown && !this.cell && !this.mapFailed && /\.svg$/i.test(file) ? this.form.media + encodeURIComponent(file) : "";
    },
    chosen() {
      return Array.isArray(this.value) ? this.value : this.value ? [this.value] : [];
    },
    chosenLabels() {
      return this.options.filter((choice) => this.chosen.includes(choice.name)).map((choice) => choice.label).join(this.form.say("comma"));
    },
    // What asks the server for matches: for people by name, for choices of a list that is too long to be here.
    asks() {
      if (this.item.type === "person") return (what) => this.form.find(what);
      return this.item.searched ? (what) => this.form.findChoices(this.item, this.row, what) : null;
    },
    isGroup() {
      return ["radios", "checks", "rank"].includes(this.control);
    },
    // How choices stand: in a row, in columns.
    layout() {
      const looks = this.item.appearance || [];
      if (this.scale.length || looks.some((look) => ["likert", "horizontal", "horizontal-compact", "columns-pack", "columns-flex", "横排"].includes(look))) return ["bf-row-of", looks.includes("likert") || this.scale.length ? "bf-likert" : "", this.scale.length ? "bf-scale" : ""];
      const columns = looks.map((look) => /^columns(?:-(\d))?$/.exec(look)).find(Boolean);
      if (columns && columns[1]) return ["bf-columns", `bf-columns-${columns[1]}`];
      return columns || this.options.length > 12 ? ["bf-many"] : [];
    },
    // A date of which only the year, or the month, is asked.
    part() {
      return partOf(this.item);
    },
    inputType() {
      if (this.part) return this.part === "month" ? "month" : "text";
      return { date: "date", time: "time", datetime: "datetime-local" }[this.item.type] || "text";
    },
    inputMode() {
      if (this.item.type === "integer" || this.part === "year") return "numeric";
      if (this.item.type === "text" && (this.item.appearance || []).includes("numbers")) return "decimal";
      return NUMBER_TYPES.has(this.item.type) ? "decimal" : null;
    },
    // How wide the answer is likely to be.
    size() {
      if (this.cell) return "";
      if (NUMBER_TYPES.has(this.item.type) || this.part === "year") return "bf-narrow";
      return this.inputType === "text" ? "" : "bf-middle";
    },
    value: {
      get() {
        const raw = this.form.pass.raw(this.item, this.row);
        if (LIST_TYPES.has(this.item.type)) return Array.isArray(raw) ? raw : raw ? [raw] : [];
        if (this.control === "check") return raw === true || raw === "OK" || raw === "true";
        if (raw === null || raw === undefined) return "";
        if (this.part) return String(raw).replace(/(-01){1,2}$/, this.part === "month" && /^\d{4}-\d\d-01$/.test(raw) ? String(raw).slice(4, 7) : "");
        if (this.inputType === "date") return String(raw).slice(0, 10);
        if (this.inputType === "datetime-local") return String(raw).replace(" ", "T").slice(0, 16);
        return this.inputType === "time" ? String(raw).slice(0, 5) : String(raw);
      },
      set(value) {
        const whole = this.part === "month" ? /^\d{4}-\d\d$/.test(value) && `${value}-01` : this.part === "year" && /^\d{4}$/.test(value) && `${value}-01-01`;
        this.form.change(this.item, this.row, whole || value);
      },
    },
  },
  methods: {
    clearGone() {
      const gone = new Set(this.gone.map((choice) => choice.name));
      this.value = LIST_TYPES.has(this.item.type) ? this.value.filter((name) => !gone.has(name)) : "";
    },
    // A shape of the map is pressed: it is chosen, or not any more.
    press(name) {
      const left = this.chosen.filter((other) => other !== name);
      const on = left.length === this.chosen.length;
      if (this.control === "checks") this.value = on ? [...left, name] : left;
      else if (on || !this.required) this.value = on ? name : "";
    },
  },
  template: `
    <div v-if="item.type === 'note'" class="bf-note"><p v-if="label"><bf-text :plain="label" :styled="styled.label" :row="row"></bf-text></p><p v-if="hint" class="bf-hint"><bf-text :plain="hint" :styled="styled.hint" :row="row"></bf-text></p><bf-media :media="item.media" :label="label"></bf-media><bf-guidance :item="item" :row="row"></bf-guidance></div>
    <div v-else-if="fixed" class="bf-field bf-fixed" :class="{ 'bf-cell': cell }" :id="id" tabindex="-1">
      <span v-if="!cell" class="bf-label">{{ label }}</span>
      <bf-media v-if="!cell" :media="item.media" :label="label"></bf-media>
      <bf-files v-if="control === 'files'" :item="item" :row="row" :id="id" readonly></bf-files>
      <span v-else class="bf-value bf-lines" :class="{ 'bf-empty': !shownValue }">{{ shownValue || '—' }}</span>
      <p v-if="message" class="bf-error" :id="id + '-error'">{{ message }}</p>
    </div>
    <component v-else :is="isGroup ? 'fieldset' : 'div'" :role="control === 'radios' ? 'radiogroup' : null" :aria-required="control === 'radios' && required || null" class="bf-field" :class="[size, { 'bf-cell': cell, 'bf-wrong': message }]"
      :id="isGroup ? id : null" :tabindex="isGroup ? -1 : null" :aria-describedby="isGroup ? described : null"
      :aria-invalid="control === 'radios' && message ? 'true' : null">
      <legend v-if="isGroup" class="bf-label" :class="{ 'bf-hidden': cell }"><bf-text :plain="label" :styled="styled.label" :row="row"></bf-text><span v-if="!required" class="bf-optional">{{ form.say('optional') }}</span></legend>
      <label v-else-if="control !== 'check'" class="bf-label" :class="{ 'bf-hidden': cell }" :for="id"><bf-text :plain="label" :styled="styled.label" :row="row"></bf-text><span v-if="!required" class="bf-optional">{{ form.say('optional') }}</span></label>
      <p v-if="hint && !cell" class="bf-hint" :id="id + '-hint'"><bf-text :plain="hint" :styled="styled.hint" :row="row"></bf-text></p>
      <bf-guidance v-if="!cell" :item="item" :row="row"></bf-guidance>
      <bf-media v-if="!cell" :media="item.media" :label="label" :map="!!map"></bf-media>
      <p v-if="message" class="bf-error" :id="id + '-error'"><span class="bf-hidden">{{ form.say('error_mark') }}</span>{{ message }}</p>

      <p v-if="nothing" class="bf-muted">{{ nothing }}</p>
      <p v-if="gone.length" class="bf-gone"><span role="status">{{ goneText }}</span> <button type="button" class="bf-link" :aria-label="form.say('clear_what', { label })" @click="clearGone">{{ form.say('clear') }}</button></p>
      <template v-if="map">
        <bf-map :src="map" :options="options" :chosen="chosen" :label="label" @choose="press" @failed="mapFailed = true"></bf-map>
        <p role="status">{{ chosenLabels ? form.say('map_chosen', { labels: chosenLabels }) : form.say('map_press') }}</p>
        <button type="button" class="bf-link" :aria-expanded="listOpen ? 'true' : 'false'" @click="listOpen = !listOpen">{{ form.say('map_list') }}</button>
      </template>
      <div v-if="control === 'radios'" v-show="!map || listOpen" class="bf-choices" :class="layout">
        <div v-for="(choice, at) in options" :key="choice.name"><label class="bf-choice">
          <input type="radio" :name="id" :id="at ? null : id + '-0'" :value="choice.name" v-model="value">
          <span><bf-text :plain="choice.label" :styled="choice.styled" :row="row"></bf-text><bf-media :media="choice.media" :label="choice.label" part="image"></bf-media></span>
        </label><bf-media :media="choice.media" :label="choice.label" part="rest"></bf-media></div>
        <div v-for="choice in gone" :key="choice.name"><label class="bf-choice bf-choice-gone"><input type="radio" :name="id" :value="choice.name" v-model="value"><span>{{ choice.label }} <span class="bf-gone-mark">{{ form.say(choice.strange ? 'gone_strange' : 'gone') }}</span></span></label></div>
        <button v-if="!required && value && !gone.length" type="button" class="bf-link" @click="value = ''">{{ form.say('clear') }}</button>
      </div>
      <div v-else-if="control === 'checks'" v-show="!map || listOpen" class="bf-choices" :class="layout">
        <div v-for="choice in options" :key="choice.name"><label class="bf-choice">
          <input type="checkbox" :value="choice.name" v-model="value" :aria-invalid="message ? 'true' : null"><span><bf-text :plain="choice.label" :styled="choice.styled" :row="row"></bf-text><bf-media :media="choice.media" :label="choice.label" part="image"></bf-media></span>
        </label><bf-media :media="choice.media" :label="choice.label" part="rest"></bf-media></div>
        <div v-for="choice in gone" :key="choice.name"><label class="bf-choice bf-choice-gone"><input type="checkbox" :value="choice.name" v-model="value"><span>{{ choice.label }} <span class="bf-gone-mark">{{ form.say(choice.strange ? 'gone_strange' : 'gone') }}</span></span></label></div>
      </div>
      <bf-rank v-else-if="control === 'rank'" :id="id" :options="options" :row="row" v-model="value"></bf-rank>
      <label v-else-if="control === 'check'" class="bf-choice">
        <input type="checkbox" :id="id" v-model="value" :aria-describedby="described" :aria-invalid="message ? 'true' : null" :aria-required="required || null">
        <span><bf-text :plain="label" :styled="styled.label" :row="row"></bf-text><span v-if="!required" class="bf-optional">{{ form.say('optional') }}</span></span>
      </label>
      <select v-else-if="control === 'select'" class="bf-input" :id="id" v-model="value" :aria-describedby="described" :aria-invalid="message ? 'true' : null" :aria-required="required || null">
        <option value="">{{ form.say('please_choose') }}</option>
        <option v-for="choice in gone" :key="choice.name" :value="choice.name">{{ choice.label }} {{ form.say(choice.strange ? 'gone_strange' : 'gone') }}</option>
        <option v-for="choice in options" :key="choice.name" :value="choice.name">{{ choice.label }}</option>
      </select>
      <div v-else-if="control === 'search'" class="bf-line">
        <bf-search :id="id" :options="options" :asks="asks" :label="item.searched ? form.pass.choiceLabel(item.name, value) : null" :gone="gone.length ? gone[0].label : ''" :floating="cell" v-model="value" :described="described" :wrong="!!message" :required="required"
          @chosen="form.model.labels.set(item.choices + ' ' + $event.name, $event.label)"></bf-search>
        <span v-if="told" class="bf-told" role="status">{{ told }}</span>
      </div>
      <bf-files v-else-if="control === 'files'" :item="item" :row="row" :id="id" :described="described"></bf-files>
      <template v-else-if="control === 'lines'"><textarea class="bf-input" rows="4" :id="id" v-model="value" :aria-describedby="described" :aria-invalid="message ? 'true' : null" :aria-required="required || null"></textarea>
        <bf-device :looks="item.appearance" :value="value" @answer="value = $event"></bf-device></template>
      <div v-else class="bf-line" :class="{ 'bf-money': item.type === 'money' }">
        <span v-if="item.type === 'money'" class="bf-unit" aria-hidden="true">¥</span>
        <input class="bf-input" :class="{ 'bf-number': inputMode }" :type="inputType" :inputmode="inputMode" :id="id" v-model="value" autocomplete="off"
          :aria-describedby="described" :aria-invalid="message ? 'true' : null" :aria-required="required || null">
        <bf-device v-if="item.appearance" :looks="item.appearance" @answer="value = $event"></bf-device>
        <span v-if="told" class="bf-told" role="status">{{ told }}</span>
      </div>
    </component>`,
};
