// A form's meaning in the browser: what is shown, required and computed for the answers of one moment.
// The server decides in the end; what only it knows is taken from its last answer.
import { ASK_SERVER, AskServer, Decimal, ErrorValue, Moment, evaluate, isEmpty, toText, toTruth } from "expressions";
import { Memo } from "form_memo";
import { LIST_TYPES, amount, fitted, isBlank, near, read, readTold, say } from "form_values";

export const UNSEEN = new Set(["calculate", "hidden", "start"]);
const NOT_OFFERED = "FORM-013"; // of `platform/forms/faults.py`
const NO_SERVER = { values: {}, relevant: {}, required: {}, readonly: {}, constraints: {}, outputs: {}, labels: {} };

// Rules know one label of a choice, whatever language it is shown in, for a case must not be decided by the reader's.
const calledByRules = (choice) => choice.called || choice.label;

// Rows are arrays of [repeat, index] pairs, outermost first; paths count rows from 1, as people do.
export function pathOf(row, name) {
  const parts = row.map(([repeat, index]) => `${repeat}[${index + 1}]`);
  return (name ? [...parts, name] : parts).join(".");
}

// The row and the name that a path leads to.
export function partsOf(path) {
  const parts = path.split(".").map((part) => part.match(/^(.*?)(?:\[(\d+)\])?$/));
  const name = parts.pop()[1];
  return { name, row: parts.map(([, repeat, number]) => [repeat, Number(number) - 1]) };
}

export function dataAt(answers, row) {
  let here = answers;
  for (const [repeat, index] of row) {
    const rows = here[repeat];
    here = (Array.isArray(rows) && rows[index]) || {};
  }
  return here;
}

export class FormModel {
  constructor(schema, { mode = "edit", edit = [], hidden = [], require = [], comma = "、" } = {}) {
    this.schema = schema;
    this.mode = mode;
    this.comma = comma;
    this.editable = new Set(edit);
    this.hiddenNames = new Set(hidden);
    this.requiredNames = new Set(require);
    this.demanded = null;
    this.shuffled = new Map();
    this.labels = new Map(); // of choices that are searched on the server, by list and name
    this.named = new Map();
    this.needed = new Map();
    this.definitions = new Map();
    for (const page of schema.pages) this.collect(page.items, [], []);
  }

  collect(items, repeats, parents) {
    for (const item of items) {
      const definition = { item, repeats, parents, number: this.definitions.size };
      this.definitions.set(item, definition);
      if (item.name && !this.named.has(item.name)) this.named.set(item.name, definition);
      if (item.items) {
        const inside = item.type === "begin_repeat" ? [...repeats, item.name] : repeats;
        this.collect(item.items, inside, [...parents, item]);
      }
    }
  }

  // The fields, repeats and notes below some items, groups opened.
  *leaves(items) {
    for (const item of items) {
      if (item.type === "begin_group") yield* this.leaves(item.items);
      else yield item;
    }
  }

  // The answers to questions that the form has: what a device kept may be of an older version.
  known(items, answers) {
    const made = {};
    for (const item of this.leaves(items)) {
      if (!(item.name in answers)) continue;
      const value = answers[item.name];
      const rows = item.type === "begin_repeat" && Array.isArray(value);
      made[item.name] = rows ? value.map((row) => this.known(item.items, row || {})) : value;
    }
    return made;
  }

  // The choices as the sheet has them, or with `randomize=true` in an order of chance that stays while the page is open.
  inOrder(item, choices) {
    if ((item.parameters || {}).randomize !== "true") return choices;
    if (!this.shuffled.has(item)) {
      const drawn = new Map(choices.map((choice) => [choice, Math.random()]));
      this.shuffled.set(item, [...choices].sort((one, other) => drawn.get(one) - drawn.get(other)));
    }
    return this.shuffled.get(item);
  }

  // Whether what rules call a choice is known here: of long lists only what was told, which is in the reader's language.
  knowsLabel(question, name) {
    const definition = this.named.get(question);
    if (!definition || !definition.item.searched) return true;
    return this.schema.language === "zh" && this.labels.has(`${definition.item.choices} ${name}`);
  }

  // What the server calls the choices of long lists, by path.
  learn(labels, answers) {
    for (const [path, label] of Object.entries(labels || {})) {
      const { row, name } = partsOf(path);
      const definition = this.named.get(name);
      const chosen = definition && definition.item.searched && dataAt(answers, row)[name];
      if (typeof chosen === "string") this.labels.set(`${definition.item.choices} ${chosen}`, label);
    }
  }

  // The items that are put in anew when an answer changes.
  triggered(name) {
    return [...this.named.values()].filter(({ item }) => item.trigger && item.trigger.includes(name));
  }

  // The names that a value is made from: what the server computes says so itself, of the rest its rules do.
  needsOf(name) {
    if (!this.needed.has(name)) {
      const { item, parents } = this.named.get(name) || { item: {}, parents: [] };
      const rules = [item.calculation, item.count, item.relevant, ...parents.map((parent) => parent.relevant)];
      this.needed.set(name, (this.schema.needs || {})[name] || rules.flatMap((rule) => namesIn((rule || {}).ast)));
    }
    return this.needed.get(name);
  }

  // Of the questions of several tasks, look only at those of one.
  demand(edit, require) {
    this.demanded = { all: new Set([...edit, ...require]), required: new Set(require) };
  }

  isListed(item, names) {
    return names.has("*") || names.has(item.name) || this.definitions.get(item).parents.some((group) => names.has(group.name));
  }

  // Whether the person at this page may change an item at all.
  isOpen(item) {
    return this.mode === "edit" || (this.mode === "task" && this.isListed(item, this.editable));
  }
}

// What results depend on beside answers, which are sources by their paths: words that can be no path.
const NOW = "the moment";
const CHANGES = "the changes";
const LABELS = "the labels";

// Everything about one moment; each question is answered once. A memo of the moment before brings what still holds.
export class Pass {
  constructor(model, answers, server, changes, now, memo = new Memo()) {
    this.model = model;
    this.answers = answers;
    this.server = server || NO_SERVER;
    this.changes = changes;
    this.now = now;
    this.memo = memo;
  }

  // The next moment, where nothing has changed but the answers at some paths.
  after(paths, now) {
    if (this.memo.circular) return new Pass(this.model, this.answers, this.server, this.changes, now);
    const same = now.seconds === this.now.seconds;
    this.memo.forget([...paths, CHANGES, LABELS, ...(same ? [] : [NOW])]);
    return new Pass(this.model, this.answers, this.server, this.changes, now, this.memo);
  }

  // What results about an item in a row are kept under.
  key(about, item, row) {
    return `${about} ${this.model.definitions.get(item).number} ${pathOf(row)}`;
  }

  // The answers of a row for the sake of one of them.
  own(item, row) {
    this.memo.from(pathOf(row, item.name));
    return dataAt(this.answers, row);
  }

  environment(row, { current = null, choice = null } = {}) {
    const pass = this;
    return {
      value: (name) => {
        if (name.startsWith("choice:")) {
          const column = name.slice(7);
          return column in choice ? choice[column] : null;
        }
        return this.value(name, row);
      },
      current,
      get now() {
        pass.memo.from(NOW);
        return pass.now;
      },
      positions: row.map(([, at]) => at + 1),
      rows: (name) => this.rowsOf(name, row).map((at) => this.environment(at)),
      label: (question, value) => {
        this.memo.from(LABELS);
        if (!this.model.knowsLabel(question, value)) throw new AskServer(question);
        return this.choiceLabel(question, value, calledByRules);
      },
    };
  }

  // A rule of an item: its value, or ASK_SERVER.
  rule(item, key, row, extra = {}) {
    if (!item[key].ast) return ASK_SERVER;
    if (extra.choice) return this.evaluated(item, key, row, extra); // as a part of all the choices
    const evaluated = () => {
      if ("current" in extra) this.own(item, row);
      return this.evaluated(item, key, row, extra);
    };
    return this.memo.once(this.key(key, item, row), evaluated, new ErrorValue("circular"));
  }

  evaluated(item, key, row, extra) {
    return evaluate(item[key].ast, this.environment(row, extra));
  }

  // A rule that is yes or no; what the browser cannot tell, the server's last answer does, else `unknown`.
  holds(item, key, row, unknown) {
    const value = this.rule(item, key, row);
    if (value !== ASK_SERVER) return value instanceof ErrorValue ? undefined : toTruth(value);
    const told = this.server[key][pathOf(row, item.name)];
    return told === undefined ? unknown : told;
  }

  shown(item, row) {
    return this.memo.once(this.key("shown", item, row), () => this.isShown(item, row), true);
  }

  isShown(item, row) {
    const { parents } = this.model.definitions.get(item);
    if (this.model.isListed(item, this.model.hiddenNames) && this.model.hiddenNames.size) return false;
    const parent = parents[parents.length - 1];
    if (parent) {
      const outer = row.slice(0, this.model.definitions.get(parent).repeats.length);
      if (!this.shown(parent, outer)) return false;
    }
    if (!item.relevant) return true;
    // While nobody knows, a form that is filled in hides the item; one that is read shows what has an answer.
    const unknown = this.model.mode === "edit" ? false : item.items !== undefined || item.name in this.own(item, row);
    const held = this.holds(item, "relevant", row, unknown);
    return held === true;
  }

  // Whether an item shows anything on the page.
  visible(item, row) {
    if (UNSEEN.has(item.type) || !this.shown(item, row)) return false;
    return item.type !== "begin_group" || item.items.some((child) => this.visible(child, row));
  }

  required(item, row, names = this.model.requiredNames) {
    if (names.size && this.model.isListed(item, names)) return true;
    return Boolean(item.required) && this.holds(item, "required", row, false) === true;
  }

  // Whether an item shows its value instead of a control.
  fixed(item, row) {
    if (!this.model.isOpen(item) || item.calculation) return true;
    return Boolean(item.readonly) && this.holds(item, "readonly", row, false) !== false;
  }

  rows(item, row) {
    if (!this.shown(item, row)) return 0;
    const given = this.own(item, row)[item.name];
    const count = Array.isArray(given) ? given.length : 0;
    if (!item.count || this.model.mode !== "edit") return count;
    const wanted = this.rule(item, "count", row);
    if (wanted === ASK_SERVER) return count;
    return wanted instanceof Decimal ? Math.max(0, Math.min(wanted.number(), item.most)) : 0;
  }

  // How many rows a count asks for beyond what a form can have; 0 where all is well.
  overfull(item, row) {
    if (!item.count || this.model.mode !== "edit" || !this.shown(item, row)) return 0;
    const wanted = this.rule(item, "count", row);
    return wanted instanceof Decimal && wanted.number() > item.most ? wanted.number() : 0;
  }

  // A name seen from a row: the row's own value, or the values of all rows.
  value(name, row) {
    const definition = this.model.named.get(name);
    if (!definition || definition.item.type === "begin_group") throw new AskServer(name);
    const { item, repeats } = definition;
    let common = 0;
    while (common < Math.min(row.length, repeats.length) && row[common][0] === repeats[common]) common += 1;
    const inside = row.slice(0, common);
    if (item.type === "begin_repeat") return this.rowsOf(name, row).map((_, index) => Decimal.of(index + 1));
    if (common === repeats.length) return this.cell(item, inside);
    return [...this.rowsBelow(repeats, inside)].map((at) => this.cell(item, at));
  }

  // The rows of a repeat as they are seen from a row.
  rowsOf(name, row) {
    const definition = this.model.named.get(name);
    if (!definition || definition.item.type !== "begin_repeat") throw new AskServer(name);
    const { repeats } = definition;
    let common = 0;
    while (common < Math.min(row.length, repeats.length) && row[common][0] === repeats[common]) common += 1;
    return [...this.rowsBelow([...repeats, name], row.slice(0, common))];
  }

  *rowsBelow(repeats, row) {
    if (row.length === repeats.length) {
      yield row;
      return;
    }
    const name = repeats[row.length];
    const count = this.rows(this.model.named.get(name).item, row);
    for (let index = 0; index < count; index += 1) yield* this.rowsBelow(repeats, [...row, [name, index]]);
  }

  // Whether the server gives an answer that the page does not have: a question that this step hides, with a default.
  isWithheld(item) {
    const { hiddenNames, mode } = this.model;
    return mode === "edit" && item.default !== undefined && hiddenNames.size > 0 && this.model.isListed(item, hiddenNames);
  }

  // The value of a field in a row, as expressions see it.
  cell(item, row) {
    const found = this.memo.once(this.key("cell", item, row), () => this.compute(item, row), new ErrorValue("circular"));
    if (found === ASK_SERVER) throw new AskServer(item.name);
    return found;
  }

  compute(item, row) {
    if (this.isWithheld(item)) return ASK_SERVER;
    if (item.type === "note" || !this.shown(item, row)) return null;
    if (this.isAwaited(item, row)) return ASK_SERVER;
    if (!item.calculation) return (UNSEEN.has(item.type) ? readTold : read)(item, this.raw(item, row)).value;
    const path = pathOf(row, item.name);
    const reading = (this.model.mode !== "edit" || item.keeps) && item.name in this.own(item, row);
    const value = reading ? ASK_SERVER : this.rule(item, "calculation", row);
    if (value !== ASK_SERVER) return fitted(item, value);
    if (this.isOutdated(item.name, row)) return ASK_SERVER;
    if (path in this.server.values) return readTold(item, this.server.values[path]).value;
    return reading ? readTold(item, this.raw(item, row)).value : ASK_SERVER;
  }

  raw(item, row) {
    const own = this.own(item, row)[item.name];
    const path = pathOf(row, item.name);
    const told = own === undefined || (item.readonly && this.fixed(item, row) && this.model.mode === "edit");
    return told && path in this.server.values && !this.isAwaited(item, row) ? this.server.values[path] : own;
  }

  // Whether the server has yet to say what a trigger puts in.
  isAwaited(item, row) {
    return Boolean(item.renewal && item.renewal.server) && this.own(item, row)[item.name] === undefined && this.isOutdated(item.name, row);
  }

  // Whether what the server said of a name, as it is seen from a row, is of answers that have changed since.
  isOutdated(name, row) {
    if (this.model.mode !== "edit") return false;
    const changed = this.memo.once("changed since", () => this.changedSince(), []);
    return changed.length > 0 && this.hangs(name, row, changed, new Set());
  }

  changedSince() {
    this.memo.from(CHANGES);
    return Object.entries(this.changes).filter(([, at]) => at > (this.server.asOf || 0)).map(([path]) => partsOf(path));
  }

  // Whether a name, as it is seen from a row, is made from some answers, directly or on the way.
  hangs(name, row, answers, seen) {
    const { repeats } = this.model.named.get(name) || { repeats: [] };
    const inside = row.filter(([repeat], at) => repeats[at] === repeat);
    const key = `${name} ${pathOf(inside)}`;
    if (seen.has(key)) return false;
    seen.add(key);
    const own = (answer) => answer.name === name || repeats.includes(answer.name);
    const here = (answer) => inside.every(([, index], at) => !answer.row[at] || answer.row[at][1] === index);
    if (answers.some((answer) => own(answer) && here(answer))) return true;
    const needs = this.model.needsOf(name);
    const across = inside.findIndex(([repeat]) => needs.includes(repeat)); // whoever names its own repeat looks at other rows
    return needs.some((need) => this.hangs(need, across < 0 ? inside : inside.slice(0, across), answers, seen));
  }

  // The choices that are offered; a filter that only the server can compute offers all.
  choices(item, row) {
    if (item.chosenFrom) return this.saidInRows(item, row);
    const all = this.model.inOrder(item, this.model.schema.choices[item.choices] || []);
    if (!item.filter) return all;
    return this.memo.once(this.key("choices", item, row), () => all.filter((entry) => this.isOffered(item, row, entry)), []);
  }

  isOffered(item, row, entry) {
    const choice = { ...entry.columns, name: entry.name, label: calledByRules(entry) };
    const value = this.rule(item, "filter", row, { choice });
    return value === ASK_SERVER || (!(value instanceof ErrorValue) && toTruth(value));
  }

  // What an answer names and the question does not offer: choices that the other answers rule out, and words that are none.
  gone(item, row) {
    if (!item.choices) return [];
    if (item.searched) return this.goneFromList(item, row);
    const { value } = read(item, this.raw(item, row));
    if (isEmpty(value)) return [];
    const offered = new Set(this.choices(item, row).map((choice) => choice.name));
    const known = new Set((this.model.schema.choices[item.choices] || []).map((choice) => choice.name));
    return (Array.isArray(value) ? value : [value])
      .filter((name) => !offered.has(name))
      .map((name) => ({ name, label: this.choiceLabel(item.name, name), strange: !item.chosenFrom && !known.has(name) }));
  }

  // Of a list that is searched on the server, the server knows whether it still offers what it saw chosen.
  goneFromList(item, row) {
    const [path, name] = [pathOf(row, item.name), this.raw(item, row)];
    const seen = (this.changes[path] || 0) <= (this.server.asOf || 0);
    const found = seen && !isBlank(name) && (this.server.errors || []).some((error) => error.path === path && error.code === NOT_OFFERED);
    return found ? [{ name, label: this.choiceLabel(item.name, name), strange: false }] : [];
  }

  // The same as a sentence, with what may have been meant; empty where all is offered.
  goneText(item, row, t) {
    const gone = this.gone(item, row);
    if (!gone.length) return "";
    const label = this.text(item.label, row) || item.name;
    const strange = gone.filter((choice) => choice.strange);
    const named = (choices) => choices.map((choice) => t("quoted", { text: choice.label })).join(this.model.comma);
    if (!strange.length) return t("not_offered", { label, choices: named(gone) });
    const meant = near(this.choices(item, row), strange[0].name);
    return t("not_choice", { label, choices: named(strange) }) + (meant.length ? t("near", { choices: named(meant) }) : "");
  }

  // Why a question offers nothing: what its choices depend on is not filled in, or nothing fits what is.
  nothingToChoose(item, row, t) {
    const asked = item.chosenFrom ? [item.chosenFrom] : namesIn((item.filter || {}).ast).filter((name) => !name.startsWith("choice:"));
    const seen = [...new Set(asked)].map((name) => this.model.named.get(name)).filter((found) => found && !UNSEEN.has(found.item.type) && found.item.label.length);
    const unanswered = item.chosenFrom ? seen : seen.filter((found) => this.isUnanswered(found.item.name, row));
    const labels = (which) => which.map((found) => t("quoted", { text: this.text(found.item.label, row) })).join(this.model.comma);
    if (unanswered.length) return t("no_choices_yet", { labels: labels(unanswered) });
    return seen.length ? t("no_choices_fit", { labels: labels(seen) }) : t("no_choices");
  }

  isUnanswered(name, row) {
    try {
      return isEmpty(this.value(name, row));
    } catch (error) {
      if (!(error instanceof AskServer)) throw error;
      return false;
    }
  }

  // What was answered in the rows of a repeat that fit the filter, each once.
  saidInRows(item, row) {
    const { item: asked, repeats } = this.model.named.get(item.chosenFrom);
    let common = 0;
    while (common < Math.min(row.length, repeats.length - 1) && row[common][0] === repeats[common]) common += 1;
    const found = new Set();
    for (const at of this.rowsBelow(repeats, row.slice(0, common))) {
      const value = item.filter ? this.rule(item, "filter", at) : true;
      if (value !== ASK_SERVER && (value instanceof ErrorValue || !toTruth(value))) continue;
      const said = this.display(asked, at, () => "");
      if (said && said !== "…") found.add(said);
    }
    return [...found].map((name) => ({ name, label: name }));
  }

  choiceLabel(question, name, label = (choice) => choice.label) {
    const definition = this.model.named.get(question);
    if (definition && definition.item.searched) return this.model.labels.get(`${definition.item.choices} ${name}`) || name;
    const list = definition && this.model.schema.choices[definition.item.choices];
    const found = (list || []).find((choice) => choice.name === name);
    return found ? label(found) : name;
  }

  departmentLabel(name) {
    const found = (this.model.schema.departments || []).find((choice) => choice.name === name);
    return found ? found.label : name;
  }

  // A label, hint or message, its `${field}` filled in.
  text(pieces, row) {
    return (pieces || []).map((piece) => (typeof piece === "string" ? piece : this.shownName(piece.ref, row))).join("");
  }

  shownName(name, row) {
    const definition = this.model.named.get(name);
    try {
      if (definition && definition.item.choices) return this.shownChoice(definition.item, this.value(name, row)) || "…";
      const value = this.value(name, row);
      if (value instanceof Decimal) return definition && definition.item.type === "money" ? amount(value) : value.shown();
      return toText(value) || "…";
    } catch (error) {
      if (!(error instanceof AskServer)) throw error;
      if (name.startsWith("last-saved#")) {
        const before = (this.server.labels || {})[name];
        return before === undefined ? "…" : before || "—";
      }
      if (this.isOutdated(name, row)) return "…";
      const told = this.server.outputs[pathOf(row, name)] ?? this.server.outputs[name] ?? this.server.values[name];
      return isEmpty(told) ? "…" : shortened(String(told));
    }
  }

  shownChoice(item, value) {
    const labels = (Array.isArray(value) ? value : isEmpty(value) ? [] : [value]).map((name) => this.choiceLabel(item.name, toText(name)));
    return labels.join(this.model.comma);
  }

  // The label of a column: of what differs from row to row only a gap stays, and at its ends nothing.
  heading(item, row) {
    const { repeats } = this.model.definitions.get(item);
    const inRows = (name) => (this.model.named.get(name) || { repeats: [] }).repeats.length >= repeats.length;
    const text = (item.label || []).map((piece) => (typeof piece === "string" ? piece : inRows(piece.ref) ? "…" : this.shownName(piece.ref, row))).join("");
    return text.replace(/^[#№(（[]*…[.:：、，,)）\]\s]+/, "").replace(/[\s#№(（[,，、:：-]*…[)）\]]*$/, "").trim() || item.name;
  }

  // The value of a field for reading; an empty text where there is none.
  display(item, row, t) {
    let value;
    try {
      value = this.cell(item, row);
    } catch (error) {
      if (error instanceof AskServer) return "…";
      throw error;
    }
    if (value instanceof ErrorValue) return "—";
    if (item.choices) return this.shownChoice(item, value);
    if (item.type === "department") return this.departmentLabel(toText(value));
    const told = this.server.labels && this.server.labels[pathOf(row, item.name)];
    if (told && !isEmpty(value) && (this.changes[pathOf(row, item.name)] || 0) <= (this.server.asOf || 0)) return told;
    if (item.calculation && !isEmpty(value)) return say(item, value, t);
    const { value: typed, problem } = read(item, this.raw(item, row));
    return problem ? String(this.raw(item, row)) : say(item, typed, t);
  }

  // Why a field cannot stay as it is, as a sentence; null when it can.
  problem(item, row, t) {
    if (!this.shown(item, row) || UNSEEN.has(item.type) || item.type === "note" || this.fixed(item, row)) return null;
    const { demanded } = this.model;
    if (demanded && !this.model.isListed(item, demanded.all)) return null;
    const raw = this.raw(item, row);
    const label = this.text(item.label, row) || item.name;
    const { value, problem } = read(item, raw);
    if (problem) return t(problem, { label });
    if (isBlank(raw) || isEmpty(value)) {
      if (!this.required(item, row, demanded ? demanded.required : undefined)) return null;
      return this.text(item.requiredMessage, row) || t(missingKey(item), { label });
    }
    if (item.choices && !item.searched) {
      const gone = this.goneText(item, row, t);
      if (gone) return gone;
      if (item.type === "rank" && value.length < this.choices(item, row).length) return t("rank_all", { label });
    }
    if (!this.fits(item, row, value)) return this.text(item.constraintMessage, row) || t("not_fitting", { label });
    return this.refused(pathOf(row, item.name));
  }

  // What the server has against an answer, as long as the answers are those that it saw.
  refused(path) {
    const latest = this.memo.once("latest change", () => this.latestChange(), 0);
    if (latest > (this.server.asOf || 0)) return null;
    const found = (this.server.errors || []).find((error) => error.path === path);
    return found ? found.message : null;
  }

  latestChange() {
    this.memo.from(CHANGES);
    return Math.max(0, ...Object.values(this.changes));
  }

  fits(item, row, value) {
    if (!item.constraint) return true;
    const held = this.rule(item, "constraint", row, { current: value });
    if (held !== ASK_SERVER) return held === null || held instanceof ErrorValue || toTruth(held);
    const path = pathOf(row, item.name);
    return (this.changes[path] || 0) > (this.server.asOf || 0) || this.server.constraints[path] !== false;
  }
}

// What a rule yields, as text: a number with a point and more digits than are read is cut.
function shortened(text) {
  const number = /^-?\d+\.\d+$/.test(text) && Decimal.told(text);
  return number ? number.shown() : text;
}

// The names that an expression reads.
function namesIn(ast) {
  if (!ast) return [];
  return [...(ast.t === "name" ? [ast.v] : []), ...(ast.a || []).flatMap(namesIn)];
}

function missingKey(item) {
  if (item.type === "acknowledge") return "tick";
  if (item.type === "file" || item.type === "image") return "upload";
  return item.choices || item.type === "department" ? "choose" : "fill";
}

// A tree of answers with every absent field that has a default filled in.
export function fillDefaults(model, items, answers, row, pass) {
  for (const item of model.leaves(items)) {
    const here = dataAt(answers, row);
    if (item.type === "begin_repeat") {
      const count = Array.isArray(here[item.name]) ? here[item.name].length : 0;
      for (let index = 0; index < count; index += 1) fillDefaults(model, item.items, answers, [...row, [item.name, index]], pass);
    } else if (item.default && item.default.ast && !(item.name in here) && !item.calculation && (item.type === "start" || !UNSEEN.has(item.type))) {
      const value = evaluate(item.default.ast, pass.environment(row));
      if (value !== ASK_SERVER && !(value instanceof ErrorValue) && !isEmpty(value)) here[item.name] = rawOf(item, fitted(item, value));
    }
  }
}

// What a trigger puts into an item now, as an answer; undefined where only the server knows.
export function valueOf(item, row, pass) {
  if (!item.renewal.ast) return undefined;
  const value = evaluate(item.renewal.ast, pass.environment(row, { current: read(item, pass.raw(item, row)).value }));
  if (value === ASK_SERVER) return undefined;
  return value instanceof ErrorValue || isEmpty(value) ? null : rawOf(item, fitted(item, value));
}

function rawOf(item, value) {
  if (Array.isArray(value)) return value.map(toText);
  if (typeof value === "boolean") return value;
  if (value instanceof Moment) return toText(value).replace(" ", "T").slice(0, 16);
  if (LIST_TYPES.has(item.type)) return toText(value).split(/\s+/).filter(Boolean);
  return value instanceof Decimal ? value.toString() : toText(value);
}
