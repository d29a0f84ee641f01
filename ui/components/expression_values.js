// The values of the rule language in the browser, and what may stand for what. An answer is null when it is empty, a
// boolean, a Decimal, a string, a Day, a Moment (local, without zone), a Time, an array, or an ErrorValue.
import { Decimal, OutOfRange } from "decimals";

const LONGEST_TEXT = 32767;
const MOST_DAYS = 4000000;

export class AskServer extends Error {}
export class Problem extends Error {}

export class ErrorValue {
  constructor(message) {
    this.message = message;
  }
}

const two = (number) => String(number).padStart(2, "0");

export class Day {
  // `number`: days since 1970-01-01.
  constructor(number) {
    this.number = number;
  }

  static of(year, month, day) {
    const made = new Date(Date.UTC(2000, month - 1, day));
    made.setUTCFullYear(year, month - 1, day);
    if (made.getUTCMonth() !== month - 1 || made.getUTCDate() !== day || year < 1 || year > 9999) return null;
    return new Day(Math.floor(made.getTime() / 86400000));
  }

  get parts() {
    const date = new Date(this.number * 86400000);
    return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
  }

  toString() {
    const [year, month, day] = this.parts;
    return `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
  }
}

export class Moment {
  // `seconds` since 1970-01-01 00:00 on the local clock.
  constructor(seconds) {
    this.seconds = seconds;
  }

  get day() {
    return new Day(Math.floor(this.seconds / 86400));
  }

  get time() {
    return new Time(((this.seconds % 86400) + 86400) % 86400);
  }

  toString() {
    return `${this.day} ${this.time}`;
  }
}

export class Time {
  constructor(seconds) {
    this.seconds = seconds;
  }

  toString() {
    const whole = Math.floor(this.seconds);
    return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
  }
}

const DAY = /^(\d{4})(?:-|\/|\.|年)(\d{1,2})(?:-|\/|\.|月)(\d{1,2})日?$/;
const ISO_DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const MOMENT = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/;
const TIME = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?$/;

export function readDay(text) {
  const found = DAY.exec(text.trim());
  return found ? Day.of(Number(found[1]), Number(found[2]), Number(found[3])) : null;
}

export function readIsoDay(text) {
  const found = ISO_DAY.exec(text.trim());
  return found ? Day.of(Number(found[1]), Number(found[2]), Number(found[3])) : null;
}

// A date with time on the local clock; one with a zone is left to the server.
export function readMoment(text) {
  const trimmed = text.trim();
  const found = MOMENT.exec(trimmed);
  if (!found) {
    if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}.*(Z|[+-]\d{2}:?\d{2})$/.test(trimmed)) throw new AskServer("zone");
    return null;
  }
  const day = Day.of(Number(found[1]), Number(found[2]), Number(found[3]));
  const [hours, minutes, seconds] = [Number(found[4]), Number(found[5]), Number(found[6] || 0)];
  if (!day || hours > 23 || minutes > 59 || seconds > 59) return null;
  return new Moment(day.number * 86400 + hours * 3600 + minutes * 60 + seconds);
}

export function readTime(text) {
  const found = TIME.exec(text.trim());
  if (!found) return null;
  const [hours, minutes, seconds] = [Number(found[1]), Number(found[2]), Number(found[3] || 0)];
  return hours > 23 || minutes > 59 || seconds > 59 ? null : new Time(hours * 3600 + minutes * 60 + seconds);
}

export const isEmpty = (value) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

export function spread(values) {
  return values.flatMap((value) => (Array.isArray(value) ? spread(value) : [value]));
}

export function bounded(text) {
  if (text.length > LONGEST_TEXT) throw new OutOfRange();
  return text;
}

export function toNumber(value) {
  if (value === null || value === undefined || value === "") return null;
  if (value instanceof Decimal) return value;
  if (value === true || value === false) return Decimal.of(value ? 1 : 0);
  const number = typeof value === "string" ? Decimal.read(value) : null;
  if (!number) throw new Problem(`“${toText(value).slice(0, 40)}” is no number`);
  return number;
}

export function toText(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "TRUE" : "FALSE";
  if (value instanceof Decimal) return value.text();
  if (Array.isArray(value)) return value.map(toText).join(" ");
  if (value instanceof ErrorValue) return value.message;
  return String(value);
}

// XPath's string(): true and false; all else as toText.
export function toXPathText(value) {
  if (typeof value === "boolean") return String(value);
  return Array.isArray(value) ? value.map(toXPathText).join(" ") : toText(value);
}

export function toTruth(value) {
  if (typeof value === "boolean") return value;
  if (value instanceof Decimal) return !value.isZero();
  return !isEmpty(value);
}

export function toDay(value) {
  if (value === null || value === undefined || value === "") return null;
  if (value instanceof Day) return value;
  if (value instanceof Moment) return value.day;
  if (typeof value === "string") {
    const found = readDay(value) || (readMoment(value) || {}).day;
    if (found) return found;
  }
  throw new Problem(`“${toText(value).slice(0, 40)}” is no date`);
}

export function toMoment(value) {
  if (value instanceof Moment) return value;
  const found = typeof value === "string" ? readMoment(value) : null;
  if (found) return found;
  const day = toDay(value);
  return day && new Moment(day.number * 86400);
}

export function daysNumber(value) {
  const number = toNumber(value);
  if (number.absolute().compare(Decimal.of(MOST_DAYS)) > 0) throw new OutOfRange();
  return number;
}

export function shift(day, days) {
  const settled = days.settled();
  if (day instanceof Day && settled.isWhole()) return checkedDay(day.number + settled.number());
  const moved = new Moment(toMoment(day).seconds + settled.times(Decimal.of(86400)).rounded(0, "half").number());
  checkedDay(moved.day.number);
  return moved;
}

export function checkedDay(number) {
  if (number < -719162 || number > 2932896) throw new OutOfRange();
  return new Day(number);
}

export function choicesOf(value) {
  return Array.isArray(value) ? value.map(toText) : toText(value).split(/\s+/).filter(Boolean);
}

// Empty equals only empty; values of different kinds are never equal, but a text that reads as one is.
export function equal(left, right) {
  if (isEmpty(left) || isEmpty(right)) return isEmpty(left) && isEmpty(right);
  const pair = aligned(left, right);
  return pair !== null && order(pair[0], pair[1]) === 0;
}

export function before(left, right, orEqual) {
  if (isEmpty(left) || isEmpty(right)) return false;
  const pair = aligned(left, right);
  if (pair === null) throw new Problem(`“${toText(left).slice(0, 40)}” and “${toText(right).slice(0, 40)}” do not compare`);
  let [first, second] = pair;
  if (typeof first === "string") {
    const [a, b] = [Decimal.read(first), Decimal.read(second)];
    if (a && b) [first, second] = [a, b];
    else if (WRITTEN.test(first.trim()) && WRITTEN.test(second.trim())) throw new Problem("no number");
  }
  const found = order(first, second);
  return found < 0 || (orEqual && found === 0);
}

// A number as people write it, in digits of either width: `1,200`, `2万`.
const WRITTEN = /^[+-]?\p{Nd}+(?:[,，]\p{Nd}{3})*(?:[.．]\p{Nd}+)?\s*[万亿%％]?$/u;

function order(first, second) {
  if (first instanceof Decimal) return first.settled().compare(second.settled());
  if (typeof first === "string") return compareTexts(first, second);
  return first < second ? -1 : first > second ? 1 : 0;
}

// By code points, as the server compares; JavaScript's own order goes by halves of characters.
function compareTexts(first, second) {
  const [a, b] = [Array.from(first), Array.from(second)];
  for (let at = 0; at < Math.min(a.length, b.length); at += 1) {
    const gap = a[at].codePointAt(0) - b[at].codePointAt(0);
    if (gap) return gap;
  }
  return a.length - b.length;
}

function aligned(left, right) {
  if (Array.isArray(left) || Array.isArray(right)) return [toText(left), toText(right)];
  if (typeof left === "string" && typeof right !== "string") {
    const turned = aligned(right, left);
    return turned && [turned[1], turned[0]];
  }
  if (typeof left === "boolean") {
    const other = truthOf(right);
    return other === null ? null : [left, other];
  }
  if (left instanceof Decimal) {
    const number = right instanceof Decimal ? right : typeof right === "string" ? Decimal.read(right) : null;
    return number && [left, number];
  }
  if (left instanceof Day || left instanceof Moment) return days(left, right);
  if (left instanceof Time) {
    const time = right instanceof Time ? right : typeof right === "string" ? readTime(right) : null;
    return time && [left.seconds, time.seconds];
  }
  return typeof right === "string" ? [left, right] : null;
}

function truthOf(value) {
  if (typeof value === "boolean") return value;
  const word = typeof value === "string" ? value.trim().toLowerCase() : "";
  return word === "true" ? true : word === "false" ? false : null;
}

function days(left, right) {
  const other = typeof right === "string" ? readIsoDay(right) || readMoment(right) : right;
  if (!(other instanceof Day || other instanceof Moment)) return null;
  if (left instanceof Day && other instanceof Day) return [left.number, other.number];
  return [toMoment(left).seconds, toMoment(other).seconds];
}
