// Whom the applicant chooses to be asked, where the route leaves that to her: a list to tick for each step.
const MANY = 8; // people above which a box to search in is offered

export default {
  name: "BfChoosing",
  inject: ["form"],
  props: { choice: Object },
  data: () => ({ sought: "" }),
  computed: {
    id() {
      return this.form.idOf(`chosen.${this.choice.step}`);
    },
    chosen() {
      return this.form.chosen[this.choice.step] || [];
    },
    many() {
      return this.choice.people.length > MANY;
    },
    // Who was chosen and may not be any more can only be taken away.
    strangers() {
      return this.chosen.filter((id) => !this.choice.people.some((person) => person.id === id));
    },
    shown() {
      const words = this.sought.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
      return this.choice.people.filter((person) => this.chosen.includes(person.id) || words.every((word) => person.label.normalize("NFKC").toLowerCase().includes(word)));
    },
    wanted() {
      const { least, most, quotas } = this.choice;
      const number = least === most ? `${least}` : `${least}–${most}`;
      const more = quotas.map((quota) => this.form.say("choose_quota", quota)).join("");
      return this.form.say("choose_number", { number, more });
    },
    errors() {
      return this.form.serverErrors.filter((error) => error.path === `chosen.${this.choice.step}`);
    },
  },
  methods: {
    tick(id, on) {
      this.form.choose(this.choice.step, on ? [...this.chosen, id] : this.chosen.filter((other) => other !== id));
    },
  },
  template: `
    <fieldset :id="id" class="bf-choosing" :class="{ 'bf-wrong': errors.length }" :aria-describedby="id + '-wanted' + (errors.length ? ' ' + id + '-error' : '')">
      <legend>{{ form.say('choose_people', { name: choice.name }) }}</legend>
      <p :id="id + '-wanted'" class="bf-hint">{{ wanted }}</p>
      <p v-if="errors.length" :id="id + '-error'" class="bf-error"><span v-for="error in errors" :key="error.message">{{ error.message }} </span></p>
      <div v-if="many" class="bf-choosing-search"><label :for="id + '-search'">{{ form.say('choose_search') }}</label><input :id="id + '-search'" v-model="sought" type="search" class="bf-input" @keydown.enter.prevent></div>
      <ul class="bf-choosing-list" :class="{ 'bf-choosing-many': many }">
        <li v-for="person in shown" :key="person.id"><label class="bf-choice"><input type="checkbox" :checked="chosen.includes(person.id)" @change="tick(person.id, $event.target.checked)"><span>{{ person.label }}<span v-if="person.of.length" class="bf-muted"> {{ person.of.join(form.say('comma')) }}</span></span></label></li>
        <li v-for="id in strangers" :key="id"><label class="bf-choice"><input type="checkbox" checked @change="tick(id, false)"><span>{{ id }} <span class="bf-error">{{ form.say('choose_gone') }}</span></span></label></li>
      </ul>
      <p v-if="!shown.length" class="bf-muted">{{ form.say('no_match') }}</p>
      <p class="bf-choosing-count" role="status">{{ form.say('choose_count', { count: chosen.length }) }}</p>
    </fieldset>`,
};
