// Choices put in order. Nothing is answered before somebody moves one, or says that the order is right as it stands.
import BfText from "form_text";

export default {
  name: "BfRank",
  components: { BfText },
  inject: ["form"],
  props: { id: String, options: Array, modelValue: Array, described: String, row: Array },
  emits: ["update:modelValue"],
  data: () => ({ said: "" }),
  computed: {
    answered() {
      return this.modelValue.length > 0;
    },
    // In the order of the answer; what it lacks comes behind.
    ordered() {
      const placed = this.modelValue.map((name) => this.options.find((choice) => choice.name === name)).filter(Boolean);
      return [...placed, ...this.options.filter((choice) => !placed.includes(choice))];
    },
  },
  methods: {
    move(at, step) {
      const names = this.ordered.map((choice) => choice.name);
      const [name] = names.splice(at, 1);
      names.splice(at + step, 0, name);
      this.$emit("update:modelValue", names);
      this.said = this.form.say("rank_moved", { label: this.ordered[at].label, place: at + step + 1 });
      this.$nextTick(() => {
        const wanted = this.$el.querySelector(`[data-choice="${CSS.escape(name)}"] [data-step="${step}"]`);
        const usable = wanted && !wanted.disabled ? wanted : this.$el.querySelector(`[data-choice="${CSS.escape(name)}"] button:not(:disabled)`);
        if (usable) usable.focus();
      });
    },
    accept() {
      this.$emit("update:modelValue", this.ordered.map((choice) => choice.name));
    },
  },
  template: `
    <div class="bf-rank">
      <ol :class="{ 'bf-muted': !answered }">
        <li v-for="(choice, at) in ordered" :key="choice.name" class="bf-rank-item" :data-choice="choice.name">
          <span class="bf-rank-place" aria-hidden="true">{{ at + 1 }}</span>
          <bf-text class="bf-rank-label" :plain="choice.label" :styled="choice.styled" :row="row"></bf-text>
          <button type="button" class="bf-icon-button" data-step="-1" :id="at ? null : id + '-0'" :disabled="!at" :aria-label="form.say('rank_up', { label: choice.label })" @click="move(at, -1)"><span aria-hidden="true">↑</span></button>
          <button type="button" class="bf-icon-button" data-step="1" :disabled="at === ordered.length - 1" :aria-label="form.say('rank_down', { label: choice.label })" @click="move(at, 1)"><span aria-hidden="true">↓</span></button>
        </li>
      </ol>
      <button v-if="options.length && (modelValue.length !== options.length || options.some((choice) => !modelValue.includes(choice.name)))" type="button" class="bf-button" @click="accept">{{ form.say('rank_accept') }}</button>
      <button v-else-if="answered" type="button" class="bf-link" @click="$emit('update:modelValue', [])">{{ form.say('clear') }}</button>
      <span class="bf-hidden" role="status">{{ said }}</span>
    </div>`,
};
