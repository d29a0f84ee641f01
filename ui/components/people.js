// Some people, found by name or number: those who are chosen stand above the box, and can be taken out again.
import BfSearch from "form_search";

export default {
  name: "People",
  components: { BfSearch },
  props: { id: String, label: String, most: Number, t: Object },
  emits: ["find", "people"],
  provide() {
    const say = (key, values = {}) => (this.t[key] || "").replace(/\{(\w+)\}/g, (_, name) => values[name]);
    return { form: { say } };
  },
  data: () => ({ chosen: [], typed: "", asked: 0 }),
  created() {
    this.asking = new Map();
  },
  methods: {
    find(what) {
      if (what.trim().length < 2) return Promise.resolve([]);
      this.asked += 1;
      const id = this.asked;
      this.$emit("find", { id, what });
      return new Promise((resolve) => this.asking.set(id, resolve));
    },
    setFound(id, found) {
      const resolve = this.asking.get(id);
      this.asking.delete(id);
      if (resolve) resolve(found.filter((person) => !this.chosen.some((other) => other.name === person.name)));
    },
    take(person) {
      this.chosen = this.most === 1 ? [person] : [...this.chosen, person];
      this.tell();
      this.$nextTick(() => (this.typed = ""));
    },
    drop(person) {
      this.chosen = this.chosen.filter((other) => other !== person);
      this.tell();
      document.getElementById(this.id).focus();
    },
    clear() {
      this.chosen = [];
      this.tell();
    },
    tell() {
      this.$emit("people", this.chosen.map((person) => person.name));
    },
  },
  template: `
    <div class="bf bf-part people">
      <label class="field-label" :for="id">{{ label }}</label>
      <ul v-if="chosen.length" class="people-chosen">
        <li v-for="person in chosen" :key="person.name">{{ person.label }}
          <button type="button" class="bf-link bf-danger" :aria-label="t.remove_person.replace('{name}', person.label)" @click="drop(person)">{{ t.remove }}</button>
        </li>
      </ul>
      <bf-search :id="id" :options="[]" v-model="typed" label="" :asks="find" @chosen="take"></bf-search>
    </div>`,
};
