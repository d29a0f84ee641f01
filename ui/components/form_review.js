// Checking before sending: every answer that will be sent, with a way back to it; what it costs, what the rules note.
import { UNSEEN } from "form_model";
import { money } from "form_values";
import BfFiles from "form_files";

export const BfAnswers = {
  name: "BfAnswers",
  components: { BfFiles },
  inject: ["form"],
  props: { items: Array, row: Array, changeable: Boolean },
  computed: {
    shown() {
      return this.items.filter((item) => this.form.pass.visible(item, this.row) && item.type !== "note");
    },
  },
  methods: {
    unseen: (item) => UNSEEN.has(item.type),
    label(item) {
      return this.form.pass.text(item.label, this.row) || (item.items ? "" : item.name);
    },
    text(item) {
      return this.form.pass.display(item, this.row, this.form.say);
    },
    columns(item) {
      const all = Array.from(this.form.model.leaves(item.items)).filter((column) => !UNSEEN.has(column.type) && column.type !== "note");
      return all.filter((column) => this.rows(item).some((inside) => this.form.pass.visible(column, inside)));
    },
    columnLabel(column) {
      return this.form.pass.heading(column, this.row);
    },
    // Rows of short answers are read best one below the other.
    asTable(item) {
      const columns = this.columns(item);
      const plain = columns.every((column) => !["begin_repeat", "file", "image"].includes(column.type));
      return plain && columns.length <= 8 && this.form.width >= columns.length * 100 + 60;
    },
    rows(item) {
      return Array.from({ length: this.form.pass.rows(item, this.row) }, (_, index) => [...this.row, [item.name, index]]);
    },
  },
  template: `
    <div class="bf-answers">
      <template v-for="item in shown" :key="item.name">
        <section v-if="item.type === 'begin_group'" class="bf-answers-group"><h4 v-if="label(item)">{{ label(item) }}</h4><bf-answers :items="item.items" :row="row" :changeable="changeable"></bf-answers></section>
        <section v-else-if="item.type === 'begin_repeat'" class="bf-answers-group">
          <div class="bf-answers-head"><h4>{{ label(item) }}</h4><button v-if="changeable && asTable(item)" type="button" class="bf-link" :aria-label="form.say('change_what', { label: label(item) })" @click="form.changeAnswer(form.pathOf(row, item.name))">{{ form.say('change') }}</button></div>
          <div v-if="rows(item).length && asTable(item)" class="bf-table-box" tabindex="0" role="group" :aria-label="label(item)"><table class="bf-table">
            <thead><tr><th scope="col" class="bf-row-number"><span class="bf-hidden">{{ form.say('row', { number: '' }) }}</span></th><th v-for="column in columns(item)" :key="column.name" scope="col">{{ columnLabel(column) }}</th></tr></thead>
            <tbody><tr v-for="(inside, index) in rows(item)" :key="index"><th scope="row" class="bf-row-number">{{ index + 1 }}</th><td v-for="column in columns(item)" :key="column.name" class="bf-read bf-lines">{{ form.pass.visible(column, inside) ? form.pass.display(column, inside, form.say) : '' }}</td></tr></tbody>
          </table></div>
          <p v-if="!rows(item).length" class="bf-muted">{{ form.say('no_rows') }}</p>
          <template v-if="!asTable(item)"><div v-for="(inside, index) in rows(item)" :key="index" class="bf-answers-row"><p class="bf-row-name">{{ form.say('row', { number: index + 1 }) }}</p><bf-answers :items="item.items" :row="inside" :changeable="changeable"></bf-answers></div></template>
        </section>
        <dl v-else class="bf-answer"><dt>{{ label(item) }}</dt>
          <dd v-if="item.type === 'file' || item.type === 'image'"><bf-files :item="item" :row="row" id="" readonly></bf-files></dd>
          <dd v-else class="bf-lines" :class="{ 'bf-empty': !text(item) }">{{ text(item) || form.say('not_filled') }}</dd>
          <dd v-if="changeable && !form.pass.fixed(item, row)" class="bf-answer-tools"><button type="button" class="bf-link" :aria-label="form.say('change_what', { label: label(item) })" @click="form.changeAnswer(form.pathOf(row, item.name))">{{ form.say('change') }}</button></dd>
        </dl>
      </template>
    </div>`,
};

// What the server said of the answers: bills, findings, the route ahead.
export const BfPanels = {
  name: "BfPanels",
  inject: ["form"],
  computed: {
    server() {
      return this.form.server;
    },
    bills() {
      return Object.entries(this.server.bills || {});
    },
    findings() {
      return (this.server.findings || []).filter((finding) => finding.message && finding.verdict !== "allow");
    },
    steps() {
      return this.server.route || [];
    },
  },
  methods: {
    amount(value, unit) {
      return unit && value !== null ? `${value} ${unit}` : money(value);
    },
    people(step) {
      return (step.people || []).map((person) => (typeof person === "string" ? person : person.name)).join(this.form.say("comma"));
    },
  },
  template: `
    <div class="bf-panels">
      <section v-for="[name, bill] in bills" :key="name" class="bf-panel">
        <h3>{{ bills.length > 1 ? form.say('bill') + ' · ' + name : form.say('bill') }}</h3>
        <p v-if="bill.applies === false" class="bf-muted">{{ form.say('bill_nothing') }}</p>
        <table v-else class="bf-bill"><tbody>
          <tr v-for="(line, at) in bill.lines" :key="'l' + at"><th scope="row">{{ (form.language === 'en' && line.label_en) || line.label || line.item }}<span v-if="line.quantity !== null && line.rate !== null" class="bf-muted"> {{ line.quantity }} × {{ line.rate }}</span></th><td>{{ amount(line.amount, line.unit) }}</td></tr>
          <tr class="bf-total"><th scope="row">{{ form.say('bill_total') }}</th><td>{{ amount(bill.total, bill.unit) }}</td></tr>
          <tr v-for="(share, at) in bill.shares" :key="'s' + at"><th scope="row" class="bf-muted">{{ form.say('share') }} {{ share.label }}</th><td>{{ amount(share.amount, bill.unit) }}</td></tr>
          <tr v-for="left in bill.carries" :key="left.name"><th scope="row" class="bf-muted">{{ form.say('bill_carry') }} {{ left.name.replace(/\.carry$/, '') }}</th><td>{{ left.amount }}</td></tr>
        </tbody></table>
      </section>
      <section v-if="findings.length" class="bf-panel"><h3>{{ form.say('findings') }}</h3>
        <ul><li v-for="(finding, at) in findings" :key="at" class="bf-finding" :class="'bf-' + (finding.verdict || 'warn')">
          <strong v-if="finding.not_checked">{{ form.say('not_checked') }}{{ form.say('colon') }}</strong>{{ finding.message }}<span v-if="finding.remedy"> {{ finding.remedy }}</span><span v-if="finding.reference" class="bf-muted"> {{ finding.reference }}</span></li></ul>
      </section>
      <section v-if="steps.length" class="bf-panel"><h3>{{ form.say('route') }}</h3>
        <ol class="bf-route"><li v-for="step in steps" :key="step.id" :class="{ 'bf-muted': step.state === 'skipped' }">{{ step.name }}<span class="bf-muted"> {{ step.state === 'skipped' ? form.say('skipped') : people(step) }}</span></li></ol>
      </section>
    </div>`,
};
