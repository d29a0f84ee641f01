// The draft, and the talk with the server: what is told to it, and the methods that it calls.
import { Draft, clock, markOf } from "form_draft";
import { dataAt, pathOf } from "form_model";

const DRAFT_DELAY = 1500;
const EVALUATE_DELAY = 600;
const ANEW = "none any more"; // the mark of a draft that is begun although one like it was sent
const MOST_STATES = 300; // marks of what the answers were before
export const NO_ANSWER = {
  values: {},
  relevant: {},
  required: {},
  readonly: {},
  constraints: {},
  outputs: {},
  bills: {},
  findings: [],
  route: [],
  choosing: [],
  labels: {},
  errors: [],
};

export default {
  methods: {
    keep() {
      if (this.done || this.sending) return;
      if (this.mode === "task") this.draft.save({ typed: this.typed(), at: Date.now() });
      if (this.mode !== "edit") return;
      if (this.keepHere()) this.saved = this.say("saved_here", { time: clock() });
      if (this.elsewhere || this.gone) return;
      clearTimeout(this.timers.draft);
      this.timers.draft = setTimeout(() => this.sendDraft(), DRAFT_DELAY);
    },
    // Keep it on this device, with the marks of what it was before: by those it is known again at the server.
    keepHere() {
      const mark = this.markNow();
      this.states = [...this.states.filter((other) => other !== mark), mark].slice(-MOST_STATES);
      return this.draft.save({ answers: this.answers, chosen: this.chosen, command: this.command, base: this.base, states: this.states, at: Date.now() });
    },
    markNow() {
      return markOf({ answers: this.answers, chosen: this.chosen });
    },
    sendDraft() {
      this.timers.draft = null;
      this.keepHere();
      this.$emit("draft", JSON.parse(JSON.stringify(this.answers)), this.base, this.markNow());
    },
    flush() {
      if (!this.timers.draft || this.done || this.sending) return;
      clearTimeout(this.timers.draft);
      this.sendDraft();
    },
    stopTimers() {
      for (const name of ["draft", "evaluate", "patience"]) {
        clearTimeout(this.timers[name]);
        this.timers[name] = null;
      }
    },
    evaluateSoon(delay) {
      if (this.mode !== "edit" || this.done) return;
      clearTimeout(this.timers.evaluate);
      this.timers.evaluate = setTimeout(() => {
        this.$emit("evaluate", { answers: JSON.parse(JSON.stringify(this.answers)), passed: this.passed(), revision: this.rev });
      }, delay);
    },
    // The questions of the pages that were left behind: only there does an empty answer say something.
    passed() {
      const pages = this.reviewing ? this.pages : this.pages.slice(0, this.furthest);
      const names = [];
      const collect = (items) => {
        for (const item of items) {
          if (item.items) collect(item.items);
          else if (item.name) names.push(item.name);
        }
      };
      for (const page of pages) collect(page.items);
      return names;
    },
    startOver() {
      if (!window.confirm(this.say("start_over_sure"))) return;
      this.draft.drop();
      this.draft.leave();
      this.stopTimers();
      this.command = "";
      this.start(null);
      this.tellChosen();
      this.furthest = 0;
      this.page = 0;
      this.reviewing = false;
      this.revealed = {};
      this.serverErrors = [];
      this.summed = false;
      this.keep();
      this.evaluateSoon(0);
    },
    // The applicant chose whom a step shall ask.
    choose(step, people) {
      this.chosen = { ...this.chosen, [step]: people };
      this.tellChosen();
      this.touched(`chosen.${step}`);
    },
    tellChosen() {
      this.$emit("chosen", JSON.parse(JSON.stringify(this.chosen)));
    },
    // Whether somebody has changed something that the server has not seen.
    behind() {
      return Math.max(0, ...Object.values(this.changes)) > (this.server.asOf || 0);
    },
    // Ask the server who is meant by some letters: a promise of [{name, label, exact}], null without an answer.
    find(what) {
      return this.ask("find", { what });
    },
    // The same for the choices of a long list: a promise of [{name, label}].
    findChoices(item, row, what) {
      return this.ask("choices", { what, question: item.name, row, answers: JSON.parse(JSON.stringify(this.answers)) });
    },
    ask(event, about) {
      const id = (this.lastFind = (this.lastFind || 0) + 1);
      return new Promise((resolve) => {
        this.asking.set(id, resolve);
        this.$emit(event, { id, ...about });
      });
    },
    connection(there) {
      this.offline = !there;
      if (there) {
        this.evaluateSoon(EVALUATE_DELAY);
        if (this.dirty) this.keep();
      }
    },

    // Methods that the server calls.

    // What the server says of the answers as they stood at a revision; what came later it does not know.
    setServer(told, revision) {
      if (!told || typeof told !== "object") return;
      this.server = { ...NO_ANSWER, ...told, asOf: revision };
      this.model.learn(this.server.labels, this.answers);
      this.applyDefaults(told.values || {});
      const kept = !this.behind() && this.takeKept(); // of rows that have moved since, nobody knows whose a value is
      this.rev += 1;
      if (kept) this.keep();
      if (this.held && !this.behind()) this.$nextTick(() => this.goOn());
    },
    setFound(id, found) {
      const resolve = this.asking.get(id);
      this.asking.delete(id);
      if (resolve) resolve(found);
    },
    // Prefilled values for what nobody has touched.
    applyDefaults(values) {
      for (const { item, repeats } of this.model.named.values()) {
        if (![item.default, item.renewal].some((rule) => rule && rule.server) || item.calculation) continue;
        for (const row of this.pass.rowsBelow(repeats, [])) {
          const here = dataAt(this.answers, row);
          const told = values[pathOf(row, item.name)];
          if (!(item.name in here) && told !== null && told !== undefined) this.place(row)[item.name] = told;
        }
      }
    },
    // Values that stay once the server has computed them are answers from then on; whether one was another before.
    takeKept() {
      let taken = false;
      for (const { item, repeats } of this.model.named.values()) {
        if (!item.keeps || this.mode !== "edit") continue;
        for (const row of [...this.pass.rowsBelow(repeats, [])]) {
          const told = this.server.values[pathOf(row, item.name)];
          const here = dataAt(this.answers, row)[item.name];
          if (told === undefined || String(told ?? "") === String(here ?? "")) continue;
          this.place(row)[item.name] = told;
          taken = true;
        }
      }
      return taken;
    },
    setErrors(errors) {
      this.stopTimers();
      this.sending = false;
      this.slow = false;
      this.serverErrors = (errors || []).map((error) => ({ path: error.path || "", message: error.message || "", remedy: error.remedy || "", reference: error.reference || "", about: error.about || "", reopen: Boolean(error.reopen) }));
      this.summed = this.serverErrors.length > 0;
      const first = this.serverErrors.map((error) => this.target(error)).find(Boolean);
      if (first && this.mode === "edit") this.goTo(first);
      if (this.summed) this.$nextTick(() => this.$nextTick(() => this.focus(this.$refs.summary)));
    },
    // The server keeps what had the mark `what`, since the moment `at`.
    setSaved(at, what) {
      if (at) this.base = at;
      this.saved = this.say("saved", { time: clock() });
      if (what !== this.markNow()) return;
      this.dirty = false;
      // What the server has need not stay on a device that others may use.
      if (!this.sending && !this.timers.draft) this.draft.drop();
    },
    // The draft was saved meanwhile: by an upload of this window that it had no answer for, or elsewhere.
    setElsewhere(at, theirs) {
      const mark = markOf(theirs);
      if (this.states.includes(mark)) {
        this.base = at;
        if (mark === this.markNow()) this.setSaved(at, mark);
        else this.sendDraft();
        return;
      }
      this.elsewhere = at;
      this.saved = this.say("saved_here", { time: clock() });
    },
    // The draft was sent or thrown away elsewhere. What is here stays, and is not sent a second time unasked.
    setGone(message) {
      this.stopTimers();
      this.sending = false;
      this.slow = false;
      this.elsewhere = "";
      this.gone = message;
      this.saved = "";
      if (this.dirty) return;
      this.draft.drop(); // the server had it: it would come back as a draft of what was sent
      this.draft.leave();
    },
    discardGone() {
      this.draft.leave();
      this.takeOther();
    },
    goOnAnew() {
      this.gone = "";
      this.base = ANEW;
      this.command = "";
      this.keep();
    },
    keepThis() {
      this.base = this.elsewhere;
      this.elsewhere = "";
      this.keep();
    },
    takeOther() {
      this.draft.drop();
      this.draft = new Draft("");
      this.stopTimers();
      window.location.reload();
    },
    reopen() {
      window.location.reload();
    },
    sent() {
      this.stopTimers();
      this.sending = false;
      this.done = true;
      if (this.places) this.places.leave();
      this.draft.dropAll();
      this.draft.leave();
    },
    beginAgain() {
      this.stopTimers();
      this.draft.dropAll();
      this.draft.stayAt(0);
      this.draft = new Draft("");
    },
    answersNow() {
      return JSON.parse(JSON.stringify(this.answers));
    },
    // Whether the browser finds nothing wrong with what one task edits and requires.
    validate(edit, require) {
      this.model.demand(edit, require);
      this.rev += 1;
      return this.check(this.pages);
    },
  },
};
