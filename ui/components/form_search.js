// One choice of many: a text box that narrows a list (the combobox pattern of WAI-ARIA). The list is there, or the
// server is asked for it (`asks`). Of people, what is typed is the answer until somebody is chosen; of choices, whose
// `label` the form knows, only a choice is an answer.
const SHOWN = 100;
const MOST_ANSWERED = 50; // choices that the server gives at once
const LIST = 280; // pixels that a list takes at most where it floats
const WIDTH = 260; // and at least, across
const GAP = 8; // pixels to the edge of the window
const PAUSE = 250; // milliseconds without a letter before the server is asked

export default {
  name: "BfSearch",
  inject: ["form"],
  props: { id: String, options: Array, modelValue: String, described: String, wrong: Boolean, required: Boolean, asks: Function, label: String, gone: String, floating: Boolean },
  emits: ["update:modelValue", "chosen"],
  data: () => ({ open: false, typed: null, active: -1, answered: [], place: null, MOST_ANSWERED }),
  computed: {
    chosen() {
      return this.options.find((choice) => choice.name === this.modelValue);
    },
    isList() {
      return typeof this.label === "string";
    },
    text() {
      return this.typed !== null ? this.typed : this.chosen ? this.chosen.label : (this.modelValue && (this.label || this.gone)) || this.modelValue || "";
    },
    found() {
      if (this.asks) return this.answered;
      const wanted = (this.typed || "").trim().toLowerCase();
      if (!wanted) return this.options;
      return this.options.filter((choice) => `${choice.label}\n${choice.name}`.toLowerCase().includes(wanted));
    },
    listed() {
      return this.found.slice(0, SHOWN);
    },
    // An empty list says nothing before somebody has written something.
    isOpen() {
      return this.open && (!this.asks || this.isList || this.typed !== null);
    },
    status() {
      if (!this.isOpen) return "";
      if (this.asks && !this.isList && !this.found.length) return this.form.say("find_more");
      return this.found.length ? this.form.say("matches", { count: this.found.length }) : this.form.say("no_match");
    },
  },
  watch: {
    isOpen(open) {
      const method = open && this.floating ? "addEventListener" : "removeEventListener";
      for (const name of ["scroll", "resize"]) window[method](name, this.put, { capture: true, passive: true });
    },
  },
  beforeUnmount() {
    for (const name of ["scroll", "resize"]) window.removeEventListener(name, this.put, { capture: true });
  },
  methods: {
    show() {
      if (this.isList && !this.open) this.ask();
      this.open = true;
      this.put();
      this.active = this.typed === null ? this.listed.findIndex((choice) => choice.name === this.modelValue) : -1;
      this.$nextTick(this.reveal);
    },
    // A table that scrolls would cut the list off, so it floats over it: below the box, or above where there is more room.
    put() {
      if (!this.floating) return;
      const box = this.$el.getBoundingClientRect();
      const below = window.innerHeight - box.bottom - GAP;
      const above = box.top - GAP;
      const up = below < LIST && above > below;
      const side = up ? { bottom: `${window.innerHeight - box.top + 4}px`, top: "auto" } : { top: `${box.bottom + 4}px`, bottom: "auto" };
      const left = Math.max(GAP, Math.min(box.left, window.innerWidth - Math.max(box.width, WIDTH) - GAP));
      this.place = { position: "fixed", left: `${left}px`, right: "auto", width: `${Math.max(box.width, WIDTH)}px`, maxHeight: `${Math.min(LIST, Math.max(above, below))}px`, ...side };
    },
    type(event) {
      this.typed = event.target.value;
      if (this.asks && event.isComposing) return; // letters of an input method are no name yet
      if (this.asks) this.ask();
      else if (!this.typed.trim()) this.$emit("update:modelValue", "");
      this.show();
    },
    ask() {
      const typed = (this.typed || "").trim();
      if (!this.isList) this.$emit("update:modelValue", typed);
      else if (this.typed !== null && !typed) this.$emit("update:modelValue", "");
      clearTimeout(this.pause);
      this.pause = setTimeout(async () => {
        const found = await this.asks(typed);
        if (typed !== (this.isList ? this.typed || "" : (this.typed ?? this.modelValue)).trim()) return;
        this.answered = found || [];
        if (this.typed === null) this.active = this.listed.findIndex((choice) => choice.name === this.modelValue);
        else this.active = -1;
        this.answeredFor = typed;
        if (!this.open) this.takeExact();
      }, PAUSE);
    },
    // Whoever wrote a whole name that only one person has need not choose.
    takeExact() {
      const exact = this.answered.filter((choice) => choice.exact);
      if (!this.isList && exact.length === 1 && this.answeredFor === this.modelValue) this.pick(exact[0]);
    },
    pick(choice) {
      if (this.isList) this.$emit("chosen", choice);
      this.$emit("update:modelValue", choice.name);
      this.typed = null;
      this.open = false;
    },
    leave() {
      if (this.asks && !this.isList) {
        this.typed = null;
        this.open = false;
        this.takeExact();
        return;
      }
      const exact = this.typed === null ? null : (this.isList ? this.answered : this.options).find((choice) => choice.label === this.typed.trim() || choice.name === this.typed.trim());
      if (exact) return this.pick(exact);
      this.typed = null;
      this.open = false;
    },
    key(event) {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!this.open) return this.show();
        const step = event.key === "ArrowDown" ? 1 : -1;
        if (this.listed.length) this.active = (Math.max(this.active, step > 0 ? -1 : 0) + step + this.listed.length) % this.listed.length;
        this.$nextTick(this.reveal);
      } else if (event.key === "Enter" && this.open && this.meant()) {
        event.preventDefault();
        this.pick(this.meant());
      } else if (event.key === "Escape" && this.open) {
        event.stopPropagation();
        this.typed = null;
        this.open = false;
      }
    },
    // What Enter takes: the match that the arrows went to, else the first for what was typed.
    meant() {
      const typed = (this.typed || "").trim();
      return this.listed[this.active < 0 && typed && (!this.asks || this.answeredFor === typed) ? 0 : this.active];
    },
    reveal() {
      const option = document.getElementById(`${this.id}-option-${this.active}`);
      if (option) option.scrollIntoView({ block: "nearest" });
    },
  },
  template: `
    <div class="bf-search">
      <input class="bf-input" type="text" role="combobox" autocomplete="off" :id="id" :value="text" :placeholder="form.say('search')"
        :aria-expanded="isOpen && found.length ? 'true' : 'false'" :aria-controls="id + '-list'" aria-autocomplete="list"
        :aria-activedescendant="isOpen && listed[active] ? id + '-option-' + active : null"
        :aria-describedby="described" :aria-invalid="wrong ? 'true' : null" :aria-required="required || null"
        @focus="show" @click="show" @input="type" @compositionend="type" @keydown="key" @blur="leave">
      <ul v-show="isOpen && found.length" class="bf-list" :style="place" role="listbox" :id="id + '-list'" @mousedown.prevent>
        <li v-for="(choice, at) in listed" :key="choice.name" role="option" class="bf-option" :id="id + '-option-' + at"
          :class="{ 'bf-active': at === active }" :aria-selected="choice.name === modelValue ? 'true' : 'false'" @click="pick(choice)">{{ choice.label }}</li>
        <li v-if="isList && found.length >= MOST_ANSWERED" class="bf-option bf-muted" role="presentation">{{ form.say('narrow') }}</li>
        <li v-else-if="found.length > listed.length" class="bf-option bf-muted" role="presentation">{{ form.say('show_more', { count: found.length - listed.length }) }}</li>
      </ul>
      <p v-if="isOpen && !found.length" class="bf-list bf-option bf-muted" :style="place" aria-hidden="true">{{ status }}</p>
      <span class="bf-hidden" role="status">{{ status }}</span>
    </div>`,
};
