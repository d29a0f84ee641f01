// What is wrong, where it is said, and how somebody gets there: messages, the summary, pages and the focus.
import { pathOf } from "form_model";
import { isBlank } from "form_values";

export default {
  methods: {
    messageAt(item, row) {
      const path = pathOf(row, item.name);
      const told = this.serverMessageAt(path);
      return told || (this.revealed[path] ? this.problemOf(item, row) : null);
    },
    problemOf(item, row) {
      if (this.drawn[pathOf(row, item.name)]) return this.say("pad_pending", { label: this.pass.text(item.label, row) || item.name });
      return this.pass.problem(item, row, this.say);
    },
    // The server's words for an answer, as long as the answer is the one it saw.
    toldOf(path) {
      void this.rev; // a change tells nobody
      return (this.changes[path] || 0) > (this.server.asOf || 0) ? "" : this.server.labels[path] || "";
    },
    serverMessageAt(path) {
      const found = this.serverErrors.filter((error) => error.path === path);
      return found.length ? found.map((error) => error.message).join(" ") : null;
    },
    // A problem as the summary says it: with the row that it is in.
    inRow(problem) {
      const rows = Array.from(problem.path.matchAll(/\[(\d+)\]/g), (found) => found[1]);
      return rows.length ? this.say("in_row", { number: rows.join(" – "), message: problem.message }) : problem.message;
    },
    // The problems of some items, in their order, as {path, message}.
    collect(items, row, found) {
      for (const item of items) {
        if (!this.pass.shown(item, row)) continue;
        if (item.type === "begin_repeat") {
          const message = this.tooManyRows(item, row);
          if (message) found.push({ path: pathOf(row, item.name), message });
          const count = this.pass.rows(item, row);
          for (let index = 0; index < count; index += 1) this.collect(item.items, [...row, [item.name, index]], found);
        } else if (item.items) {
          this.collect(item.items, row, found);
        } else {
          const message = this.problemOf(item, row);
          if (message) found.push({ path: pathOf(row, item.name), message });
        }
      }
      return found;
    },
    // A count that asks for more rows than a form can have; they would be cut.
    tooManyRows(item, row) {
      const count = this.pass.overfull(item, row);
      return count ? this.say("too_many_rows", { label: this.pass.text(item.label, row) || item.name, count, most: item.most }) : null;
    },
    // Check pages; where something is wrong, say so on top and at the fields. Whether all is well.
    check(pages) {
      const found = pages.flatMap((page) => this.collect(page.items, [], []));
      for (const { path } of found) this.revealed[path] = true;
      this.pendingFiles = this.uploading > 0;
      this.summed = found.length > 0;
      if (this.summed || this.pendingFiles) this.$nextTick(() => this.focus(this.$refs.summary));
      return !found.length && !this.pendingFiles;
    },
    // Whether a page has an answer that somebody gave, or asks for none.
    isBegun(page) {
      const asked = Array.from(this.model.leaves(page.items)).filter((item) => item.type !== "note" && !item.default && this.pass.visible(item, []) && !(item.kind && this.pass.fixed(item, [])));
      const said = (value) => !isBlank(value) && (typeof value !== "object" || Object.values(value).some(said));
      return !asked.length || asked.some((item) => said(this.answers[item.name]));
    },
    // Where somebody can do something about a problem: its own field, else the first question behind it.
    target(problem) {
      const chosen = this.reviewing && problem.path.startsWith("chosen.");
      return chosen ? problem.path : [problem.about, problem.path].find((path) => path && this.pageOf(path) >= 0) || "";
    },
    pageOf(path) {
      const name = path.split(/[[.]/)[0];
      return this.pages.findIndex((page) => Array.from(this.model.leaves(page.items)).some((item) => item.name === name));
    },
    goTo(path) {
      const at = path ? this.pageOf(path) : -1;
      if (at >= 0 && !this.reading && (this.reviewing || at !== this.stepNow)) {
        this.quiet = true;
        this.reviewing = false;
        this.page = at;
      }
      this.$nextTick(() => {
        this.quiet = false;
        this.focusPath(path);
      });
    },
    focusPath(path) {
      const target = [path, path.replace(/\.[^.]*$/, ""), path.replace(/\[.*$/, "")].map((part) => document.getElementById(this.idOf(part))).find(Boolean);
      if (!target) return;
      const control = target.matches("fieldset, section, .bf-field") ? target.querySelector("input, select, textarea, button") || target : target;
      this.focus(control);
    },
    focusFirst(id) {
      const target = document.getElementById(id);
      if (target) this.focus(target.querySelector("input, select, textarea") || target);
    },
    focus(target) {
      if (!target) return;
      target.focus({ preventScroll: true });
      target.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    },
    arrive() {
      this.furthest = Math.max(this.furthest, this.stepNow);
      this.draft.stayAt(this.stepNow, this.furthest);
      if (this.places) this.places.arrived(this.stepNow);
      this.evaluateSoon(0);
      if (this.quiet) return;
      this.$nextTick(() => {
        const title = this.$refs.title;
        if (!title || !this.entered) return;
        title.focus({ preventScroll: true });
        this.$el.scrollIntoView({ block: "start" });
      });
    },
  },
};
