// What the form does with answers: fill in defaults, take a change, add, remove and paste rows.
import { Pass, dataAt, fillDefaults, partsOf, pathOf, valueOf } from "form_model";
import { fits, isCalled, pasted } from "form_values";

const BETWEEN = 50; // milliseconds between two questions to the server: its guard counts messages
const SOON = 600; // milliseconds from a change to the question to the server

export default {
  methods: {
    start(draft) {
      this.answers = JSON.parse(JSON.stringify(draft && draft.answers ? this.model.known(this.schema.pages.flatMap((page) => page.items), draft.answers) : this.values || {}));
      this.chosen = JSON.parse(JSON.stringify((draft && draft.chosen) || this.chosenBefore || {}));
      this.command = (draft && draft.command) || "";
      this.restored = Boolean(draft);
      if (draft && draft.base) this.base = draft.base;
      this.states = (draft && draft.states) || [];
      if (this.mode === "edit") this.prepare();
      this.rev += 1;
      if (draft && Array.isArray(draft.typed)) this.retype(draft.typed);
    },
    // What was typed into the open fields of a case, by path; the rest of the case may have moved on since.
    typed() {
      const own = Object.entries(this.changes).sort((one, other) => one[1] - other[1]);
      return own.map(([path]) => {
        const { row, name } = partsOf(path);
        return { name, row, said: this.saidIn(row), value: dataAt(this.answers, row)[name] };
      });
    },
    // What a row says beside the open fields, row by row from the outside: by that it is known again, not by its number.
    saidIn(row) {
      return row.map((_, at) => {
        const own = Object.entries(dataAt(this.answers, row.slice(0, at + 1)));
        return JSON.stringify(own.filter(([name, value]) => !(Array.isArray(value) && value.some((one) => one && typeof one === "object" && !one.id)) && !this.isOpenNamed(name)));
      });
    },
    isOpenNamed(name) {
      const definition = this.model.named.get(name);
      return Boolean(definition) && this.model.isOpen(definition.item);
    },
    rowKnownBy(row, said) {
      let found = [];
      for (const [at, [repeat, index]] of row.entries()) {
        const rows = dataAt(this.answers, found)[repeat] || [];
        const same = rows.map((_, other) => other).filter((other) => this.saidIn([...found, [repeat, other]])[at] === said[at]);
        const which = same.includes(index) ? index : same.length === 1 ? same[0] : -1;
        if (which < 0) return null;
        found = [...found, [repeat, which]];
      }
      return found;
    },
    retype(typed) {
      for (const { name, row, said, value } of typed) {
        const known = this.isOpenNamed(name) ? this.rowKnownBy(row, said) : null;
        if (!known) continue;
        this.place(known)[name] = value;
        this.rev += 1;
        this.changes[pathOf(known, name)] = this.rev;
      }
    },
    // Defaults for what nobody touched, and a first row where rows are asked for.
    prepare() {
      for (const { item, repeats } of this.model.named.values()) {
        const fresh = item.type === "begin_repeat" && !repeats.length && !item.count && !(item.name in this.answers);
        if (fresh) this.answers[item.name] = [{}];
      }
      this.fill([], this.schema.pages.flatMap((page) => page.items));
    },
    fill(row, items) {
      fillDefaults(this.model, items, this.answers, row, new Pass(this.model, this.answers, this.server, this.changes, this.pass.now));
    },
    // The form worked out: of what was worked out before, what hangs on the changed answers; all of it where more happened.
    passAt(now) {
      const { pass, rev } = this.last || {};
      const known = pass && pass.server === this.server && pass.answers === this.answers && this.rev - rev === this.fresh.length;
      const made = known ? pass.after(this.fresh, now) : new Pass(this.model, this.answers, this.server, this.changes, now);
      this.last = { pass: made, rev: this.rev };
      this.fresh = [];
      return made;
    },
    change(item, row, value) {
      const path = pathOf(row, item.name);
      this.place(row)[item.name] = value;
      this.mark(path);
      this.trigger(item.name, row, new Set());
      this.later();
    },
    // Put in anew what hangs on an answer (`trigger` of XLSForm), but for the paths that stay; the server gives what only it knows.
    trigger(name, row, seen, staying = new Set()) {
      if (seen.has(name)) return;
      seen.add(name);
      for (const { item, repeats } of this.model.triggered(name)) {
        const inside = row.slice(0, repeats.length).filter(([repeat], at) => repeats[at] === repeat);
        for (const at of [...this.pass.rowsBelow(repeats, inside)]) {
          if (staying.has(pathOf(at, item.name))) continue;
          const value = valueOf(item, at, this.pass);
          if (value === undefined) delete this.place(at)[item.name];
          else this.place(at)[item.name] = value;
          this.mark(pathOf(at, item.name));
          this.trigger(item.name, at, seen, staying);
        }
      }
    },
    // The object that holds a row's answers, made where a counted row was not written to before.
    place(row) {
      let here = this.answers;
      for (const [repeat, index] of row) {
        if (!Array.isArray(here[repeat])) here[repeat] = [];
        while (here[repeat].length <= index) {
          here[repeat].push({});
          this.last = null; // rows are no single answers
        }
        here = here[repeat][index];
      }
      return here;
    },
    touched(path) {
      this.mark(path);
      this.later();
    },
    mark(path) {
      this.dirty = true;
      this.rev += 1;
      this.fresh.push(path);
      this.changes[path] = this.rev;
      this.serverErrors = this.serverErrors.filter((error) => error.path !== path && error.path !== "");
    },
    // Keep what was marked, and ask the server about it.
    later() {
      this.slow = false;
      this.keep();
      this.evaluateSoon(SOON);
    },
    addRows(item, row, rows, at) {
      const here = this.place(row);
      const list = (here[item.name] = Array.isArray(here[item.name]) ? here[item.name] : []);
      const start = at === undefined ? list.length : at;
      list.splice(start, 0, ...rows);
      this.shifted(item, row, start, rows.length);
      rows.forEach((_, offset) => this.fill([...row, [item.name, start + offset]], item.items));
      this.rev += 1;
    },
    removeRow(item, row, index) {
      const [removed] = this.place(row)[item.name].splice(index, 1);
      this.shifted(item, row, index, -1);
      return removed;
    },
    // From a row on, rows have moved: what was worked out by their number is known no more. The names behind answers, and
    // which answers are new, go along with them.
    shifted(item, row, from, by) {
      const start = `${pathOf(row, item.name)}[`;
      const without = (told) => Object.fromEntries(Object.entries(told).filter(([path]) => !path.startsWith(start)));
      const along = (told) => Object.fromEntries(Object.entries(told).flatMap(([path, what]) => {
        const [, number, rest] = (path.startsWith(start) && path.slice(start.length).match(/^(\d+)(.*)$/s)) || [];
        if (number === undefined || number - 1 < from) return [[path, what]];
        return number - 1 < from - by ? [] : [[`${start}${Number(number) + by}${rest}`, what]];
      }));
      const { values, relevant, required, readonly, constraints, outputs, labels, errors } = this.server;
      this.server = { ...this.server, values: without(values), relevant: without(relevant), required: without(required), readonly: without(readonly), constraints: without(constraints), outputs: without(outputs), labels: along(labels), errors: errors.filter((error) => !error.path.startsWith(start)) };
      this.changes = along(this.changes);
      this.revealed = without(this.revealed);
      this.serverErrors = this.serverErrors.filter((error) => !error.path.startsWith(start));
      this.last = null;
      this.touched(pathOf(row, item.name));
    },
    // Gives what could not be put in and what is not asked with the other answers: [column, text] of each such cell.
    // What is pasted stays, whatever it would trigger; of the rest of a line, what hangs on it is put in anew.
    pasteRows(item, row, start, lines) {
      const unnamed = [];
      const unfit = [];
      const placed = [];
      const staying = new Set();
      const had = (dataAt(this.answers, row)[item.name] || []).length;
      const places = lines.map((_, offset) => [...row, [item.name, start + offset]]);
      lines.forEach((line, offset) => {
        const inside = places[offset];
        const data = this.place(inside);
        for (const [column, text] of line) {
          const choices = this.schema.choices[column.choices] || [];
          if (text.trim()) {
            placed.push([column, text.trim(), inside]);
            staying.add(pathOf(inside, column.name));
          }
          data[column.name] = pasted(column, text, choices);
          this.mark(pathOf(inside, column.name));
          if (!fits(column, data[column.name], choices)) unfit.push([column, text.trim()]);
          if (column.searched && typeof data[column.name] === "string" && data[column.name]) unnamed.push({ column, data, inside, text: data[column.name] });
        }
      });
      places.slice(Math.max(0, had - start)).forEach((fresh) => this.fill(fresh, item.items));
      this.last = null; // rows are no single answers
      this.rev += 1;
      lines.forEach((line, offset) => line.forEach(([column]) => this.trigger(column.name, places[offset], new Set(), staying)));
      const rows = `${pathOf(row, item.name)}[`;
      this.serverErrors = this.serverErrors.filter((error) => !error.path.startsWith(rows));
      this.last = null;
      this.touched(pathOf(row, item.name));
      this.nameChoices(unnamed);
      return { unfit, unasked: placed.filter(([column, , inside]) => !column.calculation && !this.pass.visible(column, inside)) };
    },
    // People paste labels; the names behind those of long lists are asked of the server, one after the other.
    async nameChoices(unnamed) {
      const known = new Map();
      for (const { column, data, inside, text } of unnamed) {
        const around = `${column.name} ${JSON.stringify(data)}`; // what the other cells say may narrow the list
        if (!known.has(around)) {
          const found = (await this.findChoices(column, inside, text)) || [];
          const exact = found.filter((choice) => isCalled(choice, text));
          known.set(around, exact.find((choice) => choice.name === text) || (exact.length === 1 ? exact[0] : null));
          await new Promise((resolve) => setTimeout(resolve, BETWEEN));
        }
        const choice = known.get(around);
        if (!choice || data[column.name] !== text) continue;
        data[column.name] = choice.name;
        this.model.labels.set(`${column.choices} ${choice.name}`, choice.label);
        this.touched(pathOf(inside, column.name));
        this.trigger(column.name, inside, new Set());
      }
    },
  },
};
