// The form of a service: one element, made from its schema. It shows, checks, keeps and sends; the server decides.
import { Moment } from "expressions";
import answers from "form_answers";
import checks from "form_checks";
import { Draft, newCommandId } from "form_draft";
import BfField from "form_field";
import BfGrid, { gridOf } from "form_grid";
import BfMatrix, { matrixOf } from "form_matrix";
import { FormModel, Pass, UNSEEN, pathOf } from "form_model";
import BfMedia from "form_media";
import { Places } from "form_places";
import BfRepeat, { wantsRoom } from "form_repeat";
import { BfAnswers, BfPanels } from "form_review";
import talk, { NO_ANSWER } from "form_talk";
import BfChoosing from "form_choosing";
import BfText, { BfGuidance } from "form_text";

const PATIENCE = 20000; // milliseconds without an answer before the sender is told
const HOLD = 3000; // milliseconds that a page waits for the server's word before it is left
let forms = 0;

const BfItem = {
  name: "BfItem",
  components: { BfField, BfGrid, BfGuidance, BfMatrix, BfMedia, BfRepeat, BfText },
  inject: ["form"],
  props: { item: Object, row: Array, titled: { type: Boolean, default: true } },
  computed: {
    label() {
      return this.form.pass.text(this.item.label, this.row);
    },
    hint() {
      return this.form.pass.text(this.item.hint, this.row);
    },
    matrix() {
      return this.item.type === "begin_group" ? matrixOf(this.item, this.form, this.row) : null;
    },
    grid() {
      return this.item.type === "begin_group" ? gridOf(this.item, this.form, this.row) : null;
    },
    // A question that only heads the columns of a matrix is not asked where there is none.
    children() {
      const heads = (child) => (child.appearance || []).includes("label") && this.item.items.some((other) => (other.appearance || []).includes("list-nolabel"));
      return this.item.items.filter((child) => !heads(child) && !(this.matrix && this.matrix.includes(child)) && !(this.grid && this.grid.includes(child)));
    },
  },
  template: `
    <template v-if="form.pass.visible(item, row)">
      <section v-if="item.type === 'begin_group'" class="bf-group" :aria-label="titled && label || null">
        <h3 v-if="titled && label" class="bf-group-title"><bf-text :plain="label" :styled="(item.styled || {}).label" :row="row"></bf-text></h3>
        <p v-if="hint" class="bf-hint"><bf-text :plain="hint" :styled="(item.styled || {}).hint" :row="row"></bf-text></p>
        <bf-guidance :item="item" :row="row"></bf-guidance>
        <bf-media :media="item.media" :label="label"></bf-media>
        <bf-item v-for="child in children" :key="child.name" :item="child" :row="row"></bf-item>
        <bf-grid v-if="grid" :items="grid" :row="row" :label="label"></bf-grid>
        <bf-matrix v-if="matrix" :items="matrix" :row="row" :label="label"></bf-matrix>
      </section>
      <bf-repeat v-else-if="item.type === 'begin_repeat'" :item="item" :row="row" :titled="titled"></bf-repeat>
      <bf-field v-else :item="item" :row="row"></bf-field>
    </template>`,
};
BfItem.components.BfItem = BfItem;
BfRepeat.components.BfItem = BfItem;
BfAnswers.components.BfAnswers = BfAnswers;

export default {
  mixins: [answers, checks, talk],
  components: { BfItem, BfAnswers, BfChoosing, BfPanels },
  emits: ["choices", "chosen", "draft", "evaluate", "find", "submit"],
  props: {
    schema: Object,
    values: Object,
    chosenBefore: Object,
    known: Object,
    mode: { type: String, default: "edit" },
    draftKey: { type: String, default: "" },
    knownDraft: { type: String, default: "" },
    edit: { type: Array, default: () => [] },
    hidden: { type: Array, default: () => [] },
    require: { type: Array, default: () => [] },
    language: { type: String, default: "zh" },
    panels: Boolean,
    toldOfDraft: Boolean,
    media: { type: String, default: "" },
    fileLimit: Number,
    finds: Boolean,
    t: Object,
  },
  provide() {
    return { form: this };
  },
  data: () => ({
    rev: 0,
    page: 0,
    furthest: 0,
    reviewing: false,
    fromReview: false,
    revealed: {},
    serverErrors: [],
    summed: false,
    server: NO_ANSWER,
    chosen: {}, // by step, the numbers of the people whom the applicant wants asked
    sending: false,
    slow: false,
    held: false,
    renewed: false, // whether the review was shown again, since the server worked out something else than it showed
    done: false,
    saved: "",
    elsewhere: "",
    gone: "", // why nothing of this is kept or sent: its draft was sent elsewhere
    offline: false,
    restored: false,
    uploading: 0,
    drawn: {}, // by path, what is on a pad and not taken yet
    pendingFiles: false,
    width: 800,
  }),
  created() {
    forms += 1;
    this.prefix = `bf${forms}`;
    this.model = new FormModel(this.schema, { mode: this.mode, edit: this.edit, hidden: this.hidden, require: this.require, comma: this.say("comma") });
    this.changes = {};
    this.fresh = []; // paths of the answers that were changed since the form was last worked out
    this.keys = new WeakMap();
    this.lastKey = 0;
    this.timers = {};
    this.asking = new Map(); // what waits for an answer of the server, by number
    this.dirty = false;
    this.base = this.knownDraft;
    this.command = "";
    this.draft = new Draft(this.draftKey);
    if (this.known) this.server = { ...NO_ANSWER, ...this.known, asOf: 0 };
    this.model.learn(this.server.labels, this.values);
    if (this.mode === "view") this.draft.dropAll(); // somebody else took the task: what was typed for it has no use
    this.start(this.draft.load());
    this.taken = !this.restored && this.takeKept();
  },
  mounted() {
    this.observer = new ResizeObserver(() => (this.width = this.$el.clientWidth || this.width));
    this.observer.observe(this.$el);
    this.width = this.$el.clientWidth || this.width;
    this.listeners = [
      [window, "offline", () => this.connection(false)],
      [window, "online", () => this.connection(true)],
      [window, "pagehide", () => this.flush()],
    ];
    for (const [target, name, handler] of this.listeners) target.addEventListener(name, handler);
    if (window.socket && window.socket.on) {
      this.socketHandlers = [["disconnect", () => this.connection(false)], ["connect", () => this.connection(true)]];
      for (const [name, handler] of this.socketHandlers) window.socket.on(name, handler);
    }
    if (this.mode !== "edit") return;
    if (Object.keys(this.chosen).length) this.tellChosen();
    if (this.restored || this.toldOfDraft || this.draft.at() !== null) this.resume();
    this.draft.stayAt(this.stepNow, this.furthest);
    this.places = new Places((step) => this.toStep(Math.min(step, this.pages.length)));
    this.places.start(this.stepNow);
    this.evaluateSoon(0);
    if (this.restored || this.taken) this.keep(); // what this device kept goes to the server, whatever happened to the connection
  },
  beforeUnmount() {
    this.flush();
    if (this.places) this.places.stop();
    this.observer.disconnect();
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    for (const [target, name, handler] of this.listeners) target.removeEventListener(name, handler);
    for (const [name, handler] of this.socketHandlers || []) window.socket.off(name, handler);
  },
  computed: {
    pass() {
      void this.rev;
      const now = new Date();
      const local = Date.UTC(now.getFullYear(), now.getMonth(), now.getDate(), now.getHours(), now.getMinutes(), now.getSeconds());
      return this.passAt(new Moment(Math.floor(local / 1000)));
    },
    reading() {
      return this.mode !== "edit";
    },
    pages() {
      return this.schema.pages.filter((page) => page.items.some((item) => this.pass.visible(item, [])));
    },
    here() {
      return this.pages[Math.min(this.page, this.pages.length - 1)];
    },
    // The names of the steps; the last is the check before sending.
    steps() {
      const titles = this.pages.map((page, at) => this.titleOf(page) || (this.pages.length > 1 ? this.say(at === 0 ? "other_page" : "more_page") : this.schema.title));
      return [...titles, this.say("review")];
    },
    // What a page asked; its own title stands above already.
    reviewed: (form) => (page) => {
      const [first, ...more] = page.items.filter((item) => form.pass.visible(item, []));
      return first && !more.length && first.name === page.name && first.type === "begin_group" ? first.items : page.items;
    },
    // Whether a table on this page is better off with the whole width of a desktop.
    roomy() {
      const pages = this.reading || this.reviewing ? [] : [this.here].filter(Boolean);
      return pages.some((page) => wantsRoom(this, page.items));
    },
    // Whether the next press sends: everything is there to be checked.
    sends() {
      return this.reviewing || this.asksNothing;
    },
    // Whether there is nothing to fill in: then the one page is its own check, and one press sends.
    asksNothing() {
      if (this.reading || this.pages.length !== 1 || this.server.choosing.length) return false;
      const asked = (item) => item.type !== "note" && !UNSEEN.has(item.type) && (item.type === "begin_repeat" || !this.pass.fixed(item, []));
      return !Array.from(this.model.leaves(this.pages[0].items)).some((item) => asked(item) && this.pass.visible(item, []));
    },
    stepNow() {
      return this.reviewing ? this.pages.length : Math.min(this.page, this.pages.length - 1);
    },
    // What the summary on top lists: this page's problems, or everything's before sending.
    problems() {
      if (!this.summed) return [];
      const found = [];
      for (const page of this.reviewing || this.reading ? this.pages : [this.here]) this.collect(page.items, [], found);
      for (const error of this.serverErrors) {
        if (!found.some((other) => other.path === error.path && other.message === error.message)) found.push(error);
      }
      return found;
    },
  },
  watch: {
    page: "arrive",
    reviewing: "arrive",
  },
  methods: {
    pathOf,
    idOf(path) {
      return `${this.prefix}-${path}`;
    },
    keyOf(data) {
      if (!this.keys.has(data)) this.keys.set(data, (this.lastKey += 1));
      return this.keys.get(data);
    },
    say(key, facts) {
      const text = (this.t && this.t[key]) ?? "";
      return facts ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? facts[name] : whole)) : text;
    },
    // A page is called like the group that opens it, as long as that group shows anything.
    titleOf(page) {
      const group = page.items.find((item) => item.name === page.name);
      return group && !this.pass.visible(group, []) ? "" : this.pass.text(page.title, []);
    },

    next() {
      if (this.sending || this.done) return;
      if (this.reading) return;
      if (this.sends) {
        this.send();
        return;
      }
      this.entered = true;
      if (this.held || !this.check([this.here])) return;
      if (this.behind() && !this.offline) this.hold();
      else this.advance();
    },
    advance() {
      this.summed = false;
      if (this.fromReview || this.page >= this.pages.length - 1) this.review();
      else this.page += 1;
      this.flush();
    },
    // What only the server knows, such as whether a person exists, is known before the page is left.
    hold() {
      this.held = true;
      this.evaluateSoon(0);
      this.timers.held = setTimeout(() => this.goOn(), HOLD);
    },
    goOn() {
      if (!this.held) return;
      clearTimeout(this.timers.held);
      this.held = false;
      const shownThen = this.shownThen;
      this.shownThen = null;
      if (shownThen) this.sendAsShown(shownThen);
      else if (this.check([this.here])) this.advance();
    },
    // Whoever comes back goes on at the page where she was, elsewhere at the first that is not finished or not begun.
    resume() {
      const place = this.draft.place();
      const last = this.draft.at() ?? place.at ?? null;
      const at = last !== null ? Math.min(last, this.pages.length - 1) : this.pages.findIndex((page) => this.collect(page.items, [], []).length > 0 || !this.isBegun(page));
      this.quiet = true;
      this.reviewing = last !== null && last >= this.pages.length;
      this.page = at < 0 ? this.pages.length - 1 : at;
      this.furthest = Math.max(this.stepNow, Math.min(place.furthest || 0, this.pages.length));
      this.$nextTick(() => (this.quiet = false));
    },
    review() {
      this.fromReview = false;
      this.page = Math.min(this.page, this.pages.length - 1);
      this.reviewing = true;
    },
    back() {
      this.entered = true;
      this.summed = false;
      if (this.reviewing) this.reviewing = false;
      else this.page = Math.max(0, Math.min(this.page, this.pages.length - 1) - 1);
    },
    // To a page that was open before; whoever goes on puts this one right first.
    toStep(at) {
      if (this.sending || this.done) return;
      this.entered = true;
      if (at > this.stepNow && !this.check([this.here])) {
        this.places.arrived(this.stepNow);
        return;
      }
      this.summed = false;
      if (at >= this.pages.length) this.review();
      else {
        this.reviewing = false;
        this.page = at;
      }
    },
    changeAnswer(path) {
      this.fromReview = true;
      this.goTo(path);
    },
    send() {
      if (this.sending || this.done || this.gone || this.held) return;
      this.renewed = false;
      if (!this.check(this.pages)) {
        if (this.problems.length) this.goTo(this.problems[0].path);
        this.$nextTick(() => this.focus(this.$refs.summary));
        return;
      }
      if (this.offline) return; // said beside the button; what is filled in is kept
      if (this.behind()) {
        this.holdSending();
        return;
      }
      this.stopTimers();
      this.sending = true;
      this.slow = false;
      this.serverErrors = [];
      this.summed = false;
      // One id for one sending: whatever is sent again, from here or after a reload, has one effect.
      this.command = this.command || newCommandId();
      this.keepHere();
      this.tellChosen();
      this.$emit("submit", { answers: this.answers, command_id: this.command });
      this.timers.patience = setTimeout(() => {
        this.slow = true;
        this.sending = false;
      }, PATIENCE);
    },
    // Nothing is sent before the server has said what only it computes, and nothing that was not shown.
    holdSending() {
      this.held = true;
      this.slow = false;
      this.shownThen = this.shownNow();
      this.evaluateSoon(0);
      this.timers.held = setTimeout(() => {
        this.slow = true;
        this.held = false;
        this.shownThen = null;
      }, PATIENCE);
    },
    sendAsShown(shownThen) {
      if (!this.sends) return;
      this.renewed = this.shownNow() !== shownThen;
      if (this.renewed) this.$nextTick(() => this.focus(this.$refs.title));
      else this.send();
    },
    // What is to be read before sending, as one text.
    shownNow() {
      const told = this.panels ? [this.server.bills, this.server.findings] : [];
      const walk = (items, row) => {
        for (const item of items.filter((one) => this.pass.visible(one, row))) {
          told.push(pathOf(row, item.name), this.pass.text(item.label, row));
          if (item.type === "begin_repeat") Array.from({ length: this.pass.rows(item, row) }, (_, at) => walk(item.items, [...row, [item.name, at]]));
          else if (item.items) walk(item.items, row);
          else told.push(this.pass.display(item, row, this.say));
        }
      };
      for (const page of this.schema.pages) walk(page.items, []);
      return JSON.stringify(told);
    },
  },
  template: `
    <form class="bf" :class="['bf-' + mode, { 'bf-wide': width >= 700, 'bf-roomy': roomy }]" novalidate autocomplete="off" @submit.prevent="next">
      <p v-if="offline && !reading" class="bf-banner bf-banner-warn" role="status">{{ say('offline') }}</p>
      <p v-if="restored && !toldOfDraft && !reading && !done" class="bf-banner"><span>{{ say('restored') }}</span> <button type="button" class="bf-link" @click="startOver">{{ say('start_over') }}</button></p>

      <p v-if="elsewhere && !reading && !done" class="bf-banner bf-banner-warn bf-banner-stays" role="alert"><span>{{ say('elsewhere') }}</span> <button type="button" class="bf-link" @click="keepThis">{{ say('keep_this') }}</button> <button type="button" class="bf-link" @click="takeOther">{{ say('take_other') }}</button></p>
      <p v-if="gone && !reading" class="bf-banner bf-banner-warn bf-banner-stays" role="alert"><span>{{ gone }}</span> <button type="button" class="bf-link" @click="discardGone">{{ say('gone_discard') }}</button> <button type="button" class="bf-link" @click="goOnAnew">{{ say('gone_anew') }}</button></p>

      <nav v-if="!reading && pages.length && !asksNothing" class="bf-progress" :aria-label="say('steps')">
        <p class="bf-step-now">{{ say('step', { now: stepNow + 1, all: steps.length }) }}</p>
        <ol class="bf-steps" :class="{ 'bf-crowded': steps.length > 6 }"><li v-for="(title, at) in steps" :key="at" class="bf-step" :class="{ 'bf-past': at < furthest && at !== stepNow, 'bf-now': at === stepNow }" :aria-current="at === stepNow ? 'step' : null">
          <button v-if="at <= furthest && at !== stepNow && !sending" type="button" class="bf-step-button" @click="toStep(at)"><span class="bf-step-number" aria-hidden="true">{{ at < furthest ? '✓' : at + 1 }}</span><span>{{ title }}</span></button>
          <span v-else class="bf-step-button"><span class="bf-step-number" aria-hidden="true">{{ at + 1 }}</span><span>{{ title }}</span></span>
        </li></ol>
      </nav>

      <div v-if="problems.length || pendingFiles" ref="summary" class="bf-summary" role="alert" tabindex="-1" :aria-labelledby="prefix + '-summary'">
        <h2 :id="prefix + '-summary'">{{ pendingFiles && !problems.length ? say('file_pending') : say('problems_title', { count: problems.length }) }}</h2>
        <ul><li v-for="(problem, at) in problems" :key="at">
          <a v-if="target(problem)" :href="'#' + idOf(target(problem))" @click.prevent="goTo(target(problem))">{{ inRow(problem) }}</a>
          <span v-else>{{ inRow(problem) }}</span>
          <span v-if="problem.remedy && (!problem.path || problem.path.endsWith(']'))" class="bf-remedy">{{ problem.remedy }}</span>
          <button v-if="problem.reopen" type="button" class="bf-link" @click="reopen">{{ say('reopen') }}</button>
          <span v-if="problem.reference" class="bf-remedy">{{ problem.reference }}</span>
        </li></ul>
      </div>

      <template v-if="reading">
        <section v-for="(page, at) in pages" :key="at" class="bf-page">
          <h2 v-if="titleOf(page)" class="bf-page-title">{{ titleOf(page) }}</h2>
          <bf-item v-for="item in page.items" :key="item.name" :item="item" :row="[]" :titled="page.items.length > 1 && item.name !== page.name"></bf-item>
        </section>
      </template>
      <section v-else-if="!reviewing && here" class="bf-page" :key="'page' + page">
        <h2 ref="title" tabindex="-1" class="bf-page-title" :class="{ 'bf-hidden': pages.length === 1 && !titleOf(here) }">{{ steps[stepNow] }}</h2>
        <bf-item v-for="item in here.items" :key="item.name" :item="item" :row="[]" :titled="item.name !== here.name"></bf-item>
      </section>
      <section v-else-if="reviewing" class="bf-page bf-review">
        <h2 ref="title" tabindex="-1" class="bf-page-title">{{ say('review') }}</h2>
        <p class="bf-muted">{{ say('review_lead') }}</p>
        <section v-for="(page, at) in pages" :key="at" class="bf-review-page"><h3 :class="{ 'bf-hidden': pages.length < 2 }">{{ steps[at] }}</h3><bf-answers :items="reviewed(page)" :row="[]" changeable></bf-answers></section>
        <section v-if="server.choosing.length" class="bf-review-page"><h3>{{ say('route') }}</h3><bf-choosing v-for="choice in server.choosing" :key="choice.step" :choice="choice"></bf-choosing></section>
      </section>
      <bf-panels v-if="panels"></bf-panels>

      <div v-if="!reading && pages.length" class="bf-actions">
        <button type="submit" class="bf-button bf-primary" :disabled="sending || done || (sends && !!gone)" :aria-busy="sending || held ? 'true' : null">{{ sending ? say('sending') : held ? say('checking') : done ? say('sent') : sends ? say('submit') : fromReview ? say('back_to_review') : page >= pages.length - 1 ? say('to_review') : say('next') }}</button>
        <button v-if="reviewing || page > 0" type="button" class="bf-button" :disabled="sending || done" @click="back">{{ say('back') }}</button>
        <span v-if="saved && !sending && !done" class="bf-saved">{{ saved }}</span>
      </div>
      <p v-if="offline && sends" class="bf-banner bf-banner-warn" role="alert">{{ say('offline_send') }}</p>
      <p v-if="renewed && sends" class="bf-banner bf-banner-warn" role="alert">{{ say('renewed') }}</p>
      <p v-if="slow" class="bf-banner bf-banner-warn" role="alert">{{ say('slow') }}</p>
    </form>`,
};
