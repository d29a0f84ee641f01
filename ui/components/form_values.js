// Answers as they are typed, as rules see them, and as people read them.
import { AskServer, Day, Decimal, ErrorValue, Moment, Time, evaluate, isEmpty, toText } from "expressions";
import { readIsoDay, readMoment, readTime } from "expression_values";

const MOST_DIGITS = 28;
const GROUPED = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?$/;
const COMMAS = /^[+-]?[\d.]*\d,[\d,.]*$/;
const YES = new Set(["true", "1", "ok", "yes", "y", "t", "是", "对", "真", "同意", "确认", "√", "✓", "✔", "☑"]);
const NO = new Set(["false", "0", "no", "n", "f", "否", "假", "不同意", "×", "✗", "✘", "☐"]);
const DAY = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/;
const MONTH = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?$/;
const YEAR = /^(\d{4})\s*年?$/;
const CLOCK = /^(\d{1,2})\s*(?::(\d{2})|[时点]\s*(\d{1,2})?\s*分?)(?:\s*:?\s*(\d{1,2})\s*秒?)?$/;

export const LIST_TYPES = new Set(["select_multiple", "rank"]);
export const LINES = new Set(["multiline", "多行"]);
export const NUMBER_TYPES = new Set(["integer", "decimal", "money"]);

const EDGES = /^[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+|[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]+$/g;

// A text without the blanks around it, also those of no width.
const bare = (text) => text.replace(EDGES, "");

export function isBlank(raw) {
  return raw === null || raw === undefined || (typeof raw === "string" && bare(raw) === "") || (Array.isArray(raw) && !raw.length);
}

// A raw answer: {value} for the rules, or {value: null, problem} with the key of a sentence.
export function read(item, raw) {
  if (raw instanceof Decimal || raw instanceof Day || raw instanceof Moment || raw instanceof Time || raw instanceof ErrorValue) {
    return { value: raw };
  }
  if (isBlank(raw) || (raw === false && item.type === "acknowledge")) return { value: null };
  if (item.type === "file" || item.type === "image") return readFiles(item, raw);
  if (LIST_TYPES.has(item.type)) return { value: Array.isArray(raw) ? raw.map(String) : String(raw).split(/\s+/) };
  if (item.type === "acknowledge") return { value: item.kind === "boolean" ? true : "OK" };
  if (item.kind === "number") return readNumber(item, raw);
  if (item.kind === "date") return orProblem(readIsoDay(String(raw).slice(0, 10)), "not_date");
  if (item.kind === "time") return orProblem(readTime(String(raw)), "not_time");
  if (item.kind === "datetime") return orProblem(localMoment(String(raw)), "not_datetime");
  if (item.kind === "boolean") return { value: raw === true || raw === "true" };
  return { value: typeof raw === "string" ? narrowed(item, bare(raw)) : raw };
}

// A code in full-width characters in half width, where only so it fits a pattern of the constraint (`platform/forms/narrow.py`).
function narrowed(item, text) {
  const narrow = text.replace(/[\uff01-\uff5e]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0xfee0)).replaceAll("\u3000", " ").trim();
  if (narrow === text || item.type !== "text") return text;
  const holds = (node, said) => evaluate({ ...node, a: [{ t: "text", v: said }, node.a[1]] }, {}) === true;
  return patterns((item.constraint || {}).ast).some((node) => holds(node, narrow) && !holds(node, text)) ? narrow : text;
}

function patterns(ast) {
  if (!ast) return [];
  const [tested, pattern] = ast.a || [];
  const own = ast.t === "call" && ast.v === "regex" && tested && tested.t === "self" && pattern && pattern.t === "text";
  return [...(own ? [ast] : []), ...(ast.a || []).flatMap(patterns)];
}

// The same for a value that the server computed: what nobody typed may be longer than what people may type.
export function readTold(item, raw) {
  return item.kind === "number" && !isBlank(raw) ? { value: Decimal.told(String(raw)) } : read(item, raw);
}

// A computed value as its question holds it: money to the fen, whole numbers cut, others with the digits that a number may have.
export function fitted(item, value) {
  if (item.kind !== "number" || !NUMBER_TYPES.has(item.type)) return value;
  const said = typeof value === "string" ? plainNumber(value) : "";
  const number = NUMBER.test(said) ? Decimal.read(said) : value;
  if (!(number instanceof Decimal)) return value;
  if (item.type === "integer") return number.settled().rounded(0, "down");
  return number.settled().rounded(item.type === "money" ? 2 : MOST_DIGITS);
}

const orProblem = (value, problem) => (value ? { value } : { value: null, problem });

// The server writes moments with their zone; forms are filled in on the local clock.
function localMoment(text) {
  const local = text.replace(/(Z|[+-]\d{2}:\d{2})$/, "").replace(/\.\d+$/, "");
  try {
    return readMoment(local);
  } catch (error) {
    if (error instanceof AskServer) return null;
    throw error;
  }
}

// What people write is read as on the server: `rules/written.py`, held to one table by `written.json`.
const plain = (raw) => String(raw).normalize("NFKC").replaceAll("\u2212", "-").replace(EDGES, "");

// What somebody typed as a number, without full-width digits, thousands commas and the sign of money.
export function plainNumber(raw) {
  const text = plain(raw).replace(/^([+-]?)\s*¥\s*/, "$1");
  return GROUPED.test(text) ? text.replaceAll(",", "") : text;
}

function readNumber(item, raw) {
  if (typeof raw === "boolean") return { value: null, problem: "not_number" };
  const text = plainNumber(raw);
  if (!NUMBER.test(text)) return { value: null, problem: COMMAS.test(text) ? "odd_commas" : "not_number" };
  const value = inRange(text);
  if (!value || (!value.isZero() && value.size() >= MOST_DIGITS) || value.trimmed().scale > MOST_DIGITS) return { value: null, problem: "too_long" };
  if (item.type === "integer" && !value.isWhole()) return { value: null, problem: "not_whole" };
  if (item.type === "money" && value.trimmed().scale > 2) return { value: null, problem: "not_money" };
  return { value };
}

// An exponent far beyond the digits that are taken is not worth computing.
const inRange = (text) => (Math.abs(Number(text.split(/e/i)[1] || 0)) > 2 * MOST_DIGITS ? null : Decimal.read(text));

// 是, √, yes as true, 否, ×, no as false; null for other words.
export function readYesNo(text) {
  const said = plain(text).toLowerCase();
  return YES.has(said) ? true : NO.has(said) ? false : null;
}

const padded = (number) => String(number).padStart(2, "0");

// A day as people write it in its ISO form, the first day where only a month or a year is asked; null for what is none.
export function readWrittenDay(text, part) {
  const said = plain(text);
  const found = DAY.exec(said) || (part && MONTH.exec(said)) || (part === "year" && YEAR.exec(said));
  if (!found) return null;
  const [year, month = 1, day = 1] = found.slice(1).map(Number);
  const iso = `${found[1]}-${padded(month)}-${padded(day)}`;
  if (!readIsoDay(iso)) return null;
  return part === "year" ? `${year}-01-01` : part === "month" ? `${iso.slice(0, 7)}-01` : iso;
}

export function readWrittenClock(text) {
  const found = CLOCK.exec(plain(text));
  if (!found) return null;
  const [hours, minutes, seconds] = [found[1], found[2] || found[3] || 0, found[4] || 0].map(Number);
  return hours > 23 || minutes > 59 || seconds > 59 ? null : `${padded(hours)}:${padded(minutes)}${seconds ? `:${padded(seconds)}` : ""}`;
}

export function readWrittenMoment(text) {
  const said = plain(text);
  for (const found of said.matchAll(/\s+|日\s*|(?<=\d)[Tt]/g)) {
    const at = found.index + found[0].length;
    const day = readWrittenDay(said.slice(0, at).replace(/[\sTt]+$/, ""));
    const clock = readWrittenClock(said.slice(at));
    if (day && clock) return `${day}T${clock}`;
  }
  return null;
}

function readFiles(item, raw) {
  const names = (Array.isArray(raw) ? raw : [raw]).map((file) => file.name);
  return { value: item.mostFiles === 1 ? names[0] : names };
}

// The part of a date that is asked, where it is not all of it: `year` or `month`.
export function partOf(item) {
  const looks = item.type === "date" ? item.appearance || [] : [];
  return looks.includes("year") ? "year" : looks.includes("month-year") ? "month" : "";
}

// A value as people read it.
export function say(item, value, t) {
  if (isEmpty(value)) return "";
  if (item.type === "acknowledge" || typeof value === "boolean") return value === false ? t("no") : t("yes");
  if (item.type === "money" && value instanceof Decimal) return money(value);
  if (value instanceof Decimal) return item.calculation ? value.shown() : value.toString();
  if (value instanceof Moment) return toText(value).slice(0, 16);
  if (value instanceof Day && partOf(item)) return toText(value).slice(0, partOf(item) === "year" ? 4 : 7);
  if (value instanceof Time) return toText(value).slice(0, 5);
  return Array.isArray(value) ? value.map(toText).join(t("comma")) : toText(value);
}

// ¥ 1,234.50
export function money(value) {
  const text = amount(value);
  return text && `¥ ${text}`;
}

// 1,234.50
export function amount(value) {
  const number = value instanceof Decimal ? value : Decimal.read(String(value));
  if (!number) return "";
  const [whole, part] = number.rounded(2).plus(Decimal.read("0.00")).toString().split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${part}`;
}

// Whether somebody means a choice by a word: its name, or its label in any language.
export const isCalled = (choice, word) => choice.name === word || choice.label === word || (choice.also || []).includes(word);

// A cell pasted from Excel as the answer of a field: labels of choices become their names, dates their ISO form.
export function pasted(item, text, choices) {
  const trimmed = text.trim();
  if (!trimmed) return LIST_TYPES.has(item.type) ? [] : "";
  const nameOf = (word) => (choices.find((choice) => isCalled(choice, word)) || { name: word }).name;
  if (item.type === "select_one") return nameOf(trimmed);
  if (LIST_TYPES.has(item.type)) return trimmed.split(/[、,，;；\s]+/).filter(Boolean).map(nameOf);
  if (item.type === "acknowledge") return readYesNo(trimmed);
  if (NUMBER_TYPES.has(item.type)) return plainNumber(trimmed);
  if (item.type === "date") return readWrittenDay(trimmed, partOf(item)) || trimmed;
  if (item.type === "datetime") return readWrittenMoment(trimmed) || trimmed;
  if (item.type === "time") return readWrittenClock(trimmed) || trimmed;
  const lines = (item.appearance || []).some((look) => LINES.has(look));
  return lines ? trimmed : trimmed.replace(/\s*[\r\n]+\s*/g, " "); // a box of one line would drop the break and join words
}

const folded = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");
const MOST_NEAR = 3; // choices

// The choices that a word may mean: those that hold it, that it holds, or that a few letters make different.
export function near(choices, word) {
  const wanted = folded(word);
  const found = choices.map((choice) => [choice, Math.min(...[choice.name, choice.label, ...(choice.also || [])].map((text) => distance(wanted, folded(text))))]);
  return found.filter(([, far]) => far < 1).sort(([, one], [, other]) => one - other).slice(0, MOST_NEAR).map(([choice]) => choice);
}

// From 0, the same, to 1 and more, nothing in common: letters to change (Levenshtein) by a third of the longer text.
function distance(one, other) {
  if (!one || !other) return 1;
  if (one.includes(other) || other.includes(one)) return one === other ? 0 : 0.5;
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [row, letter] of Array.from(one).entries()) {
    const next = [row + 1];
    for (let at = 0; at < other.length; at += 1) next.push(Math.min(last[at + 1] + 1, next[at] + 1, last[at] + (letter === other[at] ? 0 : 1)));
    last = next;
  }
  const [letters, longer] = [last[last.length - 1], Math.max(one.length, other.length)];
  return letters / (longer < 2 ? 1 : Math.max(2, 1 + longer / 3));
}

// Whether a pasted cell can stand in its field: what a list or a calendar does not have would be gone without a word.
export function fits(item, value, choices) {
  if (value === "" || item.searched) return true;
  if (item.type === "acknowledge") return value !== null;
  if (item.type === "datetime") return Boolean(readWrittenMoment(value));
  if (item.type === "time") return Boolean(readWrittenClock(value));
  if (item.type === "select_one" || LIST_TYPES.has(item.type)) return [value].flat().every((one) => choices.some((choice) => choice.name === one));
  if (item.type === "date") return /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString().startsWith(value);
  return true;
}

// Tab-separated text, as spreadsheets put it on the clipboard: rows of cells; quoted cells may hold line breaks.
export function cellsOf(text) {
  const rows = [[]];
  const pattern = /("(?:[^"]|"")*"|[^\t\r\n]*)(\t|\r\n|\n|\r|$)/g;
  let found;
  while ((found = pattern.exec(text)) !== null) {
    const cell = found[1].startsWith('"') && found[1].endsWith('"') && found[1].length > 1 ? found[1].slice(1, -1).replaceAll('""', '"') : found[1];
    rows[rows.length - 1].push(cell);
    if (found[2] === "") break;
    if (found[2] !== "\t") rows.push([]);
  }
  return rows.filter((row) => row.some((cell) => cell.trim() !== ""));
}
