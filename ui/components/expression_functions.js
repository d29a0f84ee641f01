// The functions that conditions, calculations and constraints need in the browser; all others are left to the server.
// One entry a function, with the names and the meaning of rules/expressions/functions_*.py.
import { Decimal, DivisionByZero } from "decimals";
import {
  AskServer,
  Day,
  ErrorValue,
  Moment,
  Problem,
  Time,
  checkedDay,
  choicesOf,
  equal,
  before,
  isEmpty,
  shift,
  spread,
  toDay,
  toNumber,
  toText,
  toTruth,
  toXPathText,
} from "expression_values";

const LONGEST = 32767;
const ONE = Decimal.of(1);
const ZERO = Decimal.of(0);

export const FUNCTIONS = {};

// A parameter reads as in the server's registry: its kind, `?` optional, `+` and `*` repeating.
function add(name, parameters, compute, { context = false } = {}) {
  FUNCTIONS[name] = {
    parameters: parameters.split(" ").filter(Boolean).map((text) => ({
      kind: text.replace(/[?+*]$/, ""),
      many: /[+*]$/.test(text),
    })),
    compute,
    context,
  };
}

const whole = (number, least, most) => {
  const settled = number.settled();
  if (settled.compare(Decimal.of(least)) < 0 || settled.compare(Decimal.of(most)) > 0) throw new Problem("out of bounds");
  return settled.number();
};
const letters = (text) => Array.from(text);
const numbersOf = (values) => spread(values).map(toNumber).filter((number) => number !== null);
const total = (numbers) => numbers.reduce((sum, number) => sum.plus(number), ZERO);

// Conditions

add("if", "node node node?", (context, condition, then, otherwise) => {
  const held = context.value(condition);
  if (held instanceof ErrorValue) return held;
  if (toTruth(held)) return context.value(then);
  return otherwise === undefined ? false : context.value(otherwise);
}, { context: true });

add("ifs", "node node node*", (context, ...nodes) => {
  for (let at = 0; at + 1 < nodes.length; at += 2) {
    const held = context.value(nodes[at]);
    if (held instanceof ErrorValue) return held;
    if (toTruth(held)) return context.value(nodes[at + 1]);
  }
  throw new Problem("no condition holds");
}, { context: true });

add("switch", "node node node node*", (context, value, ...nodes) => {
  const wanted = context.value(value);
  if (wanted instanceof ErrorValue) return wanted;
  for (let at = 0; at + 1 < nodes.length; at += 2) {
    const offered = context.value(nodes[at]);
    if (offered instanceof ErrorValue) return offered;
    if (equal(wanted, offered)) return context.value(nodes[at + 1]);
  }
  if (nodes.length % 2) return context.value(nodes[nodes.length - 1]);
  throw new Problem("no case fits");
}, { context: true });

function until(stop) {
  return (context, ...nodes) => {
    for (const node of nodes) {
      const value = context.value(node);
      if (value instanceof ErrorValue) return value;
      const items = Array.isArray(value) && value.some((item) => typeof item === "boolean") ? value : [value];
      if (items.some((item) => toTruth(item) === stop)) return stop;
    }
    return !stop;
  };
}

add("and", "node+", until(false), { context: true });
add("or", "node+", until(true), { context: true });
add("not", "truth", (condition) => !condition);
add("xor", "truth+", (...conditions) => conditions.filter(Boolean).length % 2 === 1);
add("true", "", () => true);
add("false", "", () => false);
add("isblank", "any", (value) => isEmpty(value));
add("iferror", "node node", (context, value, otherwise) => {
  const found = context.value(value);
  return found instanceof ErrorValue ? context.value(otherwise) : found;
}, { context: true });
add("iserror", "node", (context, value) => context.value(value) instanceof ErrorValue, { context: true });
add("isnumber", "node", (context, value) => context.value(value) instanceof Decimal, { context: true });
add("coalesce", "node+", (context, ...nodes) => {
  for (const node of nodes) {
    const value = context.value(node);
    if (!isEmpty(value)) return value;
  }
  return null;
}, { context: true });

add("once", "node", (context, value) => {
  const { current } = context.environment;
  return isEmpty(current) ? context.value(value) : current;
}, { context: true });

// Numbers

add("sum", "list+", (...values) => total(numbersOf(values)));

const extreme = (sign) => (...values) => {
  const filled = values.filter((value) => !isEmpty(value));
  const dates = filled.filter((value) => value instanceof Day || value instanceof Moment);
  if (dates.length && dates.length === filled.length) {
    return dates.reduce((best, day) => ((sign < 0 ? before(day, best, false) : before(best, day, false)) ? day : best));
  }
  const numbers = numbersOf(filled);
  return numbers.length ? numbers.reduce((best, number) => (number.compare(best) * sign > 0 ? number : best)) : null;
};

add("min", "list+", extreme(-1));
add("max", "list+", extreme(1));
add("average", "list+", (...values) => {
  const numbers = numbersOf(values);
  return numbers.length ? total(numbers).over(Decimal.of(numbers.length)) : null;
});
const isMeasured = (value) =>
  value instanceof Decimal || value instanceof Day || value instanceof Moment || value instanceof Time;

// Whether Excel takes a value for a number where it stands among the arguments.
function isNumber(value) {
  if (isMeasured(value)) return true;
  if (typeof value === "string" && /[,%:$¥￥€£()]/.test(value)) throw new AskServer("count");
  for (const turn of [toNumber, toDay]) {
    try {
      if (turn(value) !== null) return true;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
    }
  }
  return false;
}

add("count", "column+", (context, ...nodes) => {
  let [numbers, filled] = [0, 0];
  for (const node of nodes) {
    const value = context.value(node);
    if (value instanceof ErrorValue) continue; // Excel skips it.
    if (node.t === "name" || node.t === "self" || Array.isArray(value)) {
      const held = spread([value]).filter((item) => !isEmpty(item));
      filled += held.length;
      numbers += held.filter(isMeasured).length;
    } else if (isNumber(value)) {
      numbers += 1;
    }
  }
  return Decimal.of(numbers || filled);
}, { context: true });
add("counta", "column+", (context, ...nodes) =>
  Decimal.of(spread(nodes.map((node) => context.value(node))).filter((value) => !isEmpty(value)).length), { context: true });

function matches(value, criterion) {
  // Letters in either case and wildcards are Excel's; how texts with them compare is left to the server.
  if (typeof criterion === "string" && /[*?~]/.test(criterion)) throw new AskServer("wildcards");
  if (typeof value === "string") value = value.toLowerCase();
  if (typeof criterion === "string") criterion = criterion.toLowerCase();
  let [operator, wanted] = ["=", criterion];
  const found = typeof criterion === "string" ? /^(<>|!=|<=|>=|=|<|>)/.exec(criterion) : null;
  if (found) [operator, wanted] = [found[1], criterion.slice(found[1].length).trim()];
  try {
    if (operator === "=") return equal(value, wanted);
    if (operator === "<>" || operator === "!=") return !equal(value, wanted);
    if (operator.startsWith("<")) return before(value, wanted, operator === "<=");
    return before(wanted, value, operator === ">=");
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

function sameLength(...columns) {
  if (new Set(columns.map((column) => column.length)).size > 1) throw new Problem("columns of different lengths");
}

add("countif", "list any", (values, criterion) => Decimal.of(values.filter((value) => matches(value, criterion)).length));
add("sumif", "list any list?", (values, criterion, addends) => {
  const column = addends === undefined ? values : addends;
  sameLength(values, column);
  return total(numbersOf(column.filter((_, at) => matches(values[at], criterion))));
});
add("sumproduct", "any any*", (...columns) => {
  const lists = columns.map((column) => spread([column]));
  sameLength(...lists);
  const rows = lists[0].map((_, at) => numbersOf(lists.map((list) => list[at])));
  return total(rows.filter((row) => row.length === lists.length).map((row) => row.reduce((a, b) => a.times(b), ONE)));
});

const rounding = (way) => (value, digits = ZERO) => value.settled().rounded(whole(digits, -30, 30), way);
add("round", "number number?", rounding("half"));
add("roundup", "number number?", rounding("up"));
add("rounddown", "number number?", rounding("down"));

const multiple = (way) => (value, step = ONE) => {
  if (step.isZero()) {
    if (way === "ceiling" || value.isZero()) return ZERO;
    throw new DivisionByZero();
  }
  if (step.compare(ZERO) < 0 && value.compare(ZERO) > 0) throw new Problem("a positive number needs a positive step");
  return value.settled().over(step.settled()).settled().rounded(0, way).times(step.settled()).settled();
};
add("ceiling", "number number?", multiple("ceiling"));
add("floor", "number number?", multiple("floor"));
add("int", "number", (value) => value.settled().rounded(0, "floor"));
add("mod", "number number", (value, divisor) => {
  if (divisor.isZero()) throw new DivisionByZero();
  const times = value.settled().over(divisor.settled()).settled().rounded(0, "floor");
  return value.minus(times.times(divisor)).settled();
});
add("abs", "number", (value) => value.absolute());
add("number", "any", (value) => {
  if (value instanceof Day) return Decimal.of(value.number);
  if (value instanceof Moment) return Decimal.of(value.seconds).over(Decimal.of(86400));
  if (typeof value === "string" && value.trim().endsWith("%")) {
    const percent = toNumber(value.trim().slice(0, -1).trim());
    return percent && percent.over(Decimal.of(100));
  }
  return toNumber(value);
});
add("boolean", "any", (value) => toTruth(value));

// Choices and rows

add("selected", "any text", (choices, name) => {
  const wanted = name.trim();
  return choicesOf(choices).includes(wanted) || (typeof choices === "string" && choices.trim() === wanted && wanted !== "");
});
add("count-selected", "any", (choices) => Decimal.of(choicesOf(choices).length));
add("selected-at", "any number", (choices, index) => choicesOf(choices)[whole(index, 0, 100000)] ?? null);
add("index", "list number", (values, row) => values[whole(row, 1, 100000) - 1] ?? null);
add("position", "number?", (context, around) => {
  const { positions } = context.environment;
  const level = around === undefined ? 0 : whole(around, 0, positions.length);
  return level < positions.length ? Decimal.of(positions[positions.length - 1 - level]) : null;
}, { context: true });

// A number between square brackets is a position.
function fits(row, condition) {
  const held = row.value(condition);
  if (held instanceof ErrorValue) return held;
  const { positions } = row.environment;
  return held instanceof Decimal ? held.compare(Decimal.of(positions[positions.length - 1])) === 0 : toTruth(held);
}

// The rows that fit one condition after the other; position() counts those that the ones before have left.
function* fitting(rows, conditions) {
  const left = new Map();
  for (const row of rows) {
    const outer = row.environment.positions.slice(0, -1);
    let [seen, held] = [row, true];
    for (const [at, condition] of conditions.entries()) {
      if (at) {
        const key = [at, ...outer].join();
        left.set(key, (left.get(key) || 0) + 1);
        seen = row.inPlace([...outer, left.get(key)]);
      }
      held = fits(seen, condition);
      if (held !== true) break;
    }
    if (held) yield held === true ? row : held;
  }
}

add("rows-of", "node node node node node*", (context, repeat, column, condition, every, ...more) => {
  const found = [];
  for (const row of fitting(context.rows(repeat.v), [condition, ...more])) {
    if (row instanceof ErrorValue) return row;
    const { positions } = row.environment;
    const value = column.t === "name" ? row.value(column) : Decimal.of(positions[positions.length - 1]);
    if (!every.v) return value;
    found.push(value);
  }
  return every.v ? found : null;
}, { context: true });
add("current", "node", (context, value) => context.own.value(value), { context: true });
add("jr:choice-name", "node node", (context, choice, question) => {
  const value = context.value(choice);
  if (value instanceof ErrorValue) return value;
  const { label } = context.environment;
  if (!label) return toText(value);
  const name = question.t === "text" ? question.v.trim().replace(/^\$\{/, "").replace(/\}$/, "") : question.v || "";
  const names = typeof value === "string" ? [value] : choicesOf(value);
  return names.map((item) => label(name, item)).join("、");
}, { context: true });

// Texts; characters are counted as code points

add("left", "text number?", (text, count = ONE) => letters(text).slice(0, whole(count, 0, LONGEST)).join(""));
add("right", "text number?", (text, count = ONE) => {
  const length = whole(count, 0, LONGEST);
  return length ? letters(text).slice(-length).join("") : "";
});
add("mid", "text number number", (text, start, count) => {
  const first = whole(start, 1, LONGEST) - 1;
  return letters(text).slice(first, first + whole(count, 0, LONGEST)).join("");
});
add("substr", "string number number?", (text, start, end) =>
  letters(text).slice(whole(start, -LONGEST, LONGEST), end === undefined ? undefined : whole(end, -LONGEST, LONGEST)).join(""));
add("len", "text", (text) => Decimal.of(letters(text).length));
add("trim", "text", (text) => text.split(" ").filter(Boolean).join(" "));
add("normalize-space", "string", (text) => text.split(/\s+/).filter(Boolean).join(" "));
add("upper", "text", (text) => text.toUpperCase());
add("lower", "text", (text) => text.toLowerCase());
add("concat", "list*", (...values) => values.map(toText).join(""));
add("join", "string list*", (separator, ...values) => values.map(toXPathText).join(separator));
add("textjoin", "text truth list+", (separator, skip, ...values) =>
  values.filter((value) => !(skip && isEmpty(value))).map(toText).join(separator));
add("find", "text text number?", (wanted, text, start = ONE) => {
  const first = whole(start, 1, LONGEST) - 1;
  const at = letters(text).slice(first).join("").indexOf(wanted);
  if (at < 0) throw new Problem("not found");
  return Decimal.of(first + letters(letters(text).slice(first).join("").slice(0, at)).length + 1);
});
add("exact", "text text", (left, right) => left === right);
add("contains", "string string", (text, part) => text.includes(part));
add("starts-with", "string string", (text, start) => text.startsWith(start));
add("ends-with", "string string", (text, end) => text.endsWith(end));
add("substring-before", "string string", (text, mark) => (mark && text.includes(mark) ? text.slice(0, text.indexOf(mark)) : ""));
add("substring-after", "string string", (text, mark) => {
  if (!mark) return text;
  return text.includes(mark) ? text.slice(text.indexOf(mark) + mark.length) : "";
});
add("string", "string", (text) => text);
add("boolean-from-string", "string", (text) => ["true", "1"].includes(text.trim().toLowerCase()));

// Patterns of letters, classes, plain groups and counts mean the same in RE2 and here. Nothing repeats a group, so
// that no pattern can run away; every other pattern is the server's.
const PLAIN_PATTERN = /^\^?(?:\\[dws.\-/+*?()[\]{}|\\^$]|\[\^?(?:[\p{L}\p{N} _.,:;@#%&=<>~!'"()+*/-]|\\[dws\-\]\\./])+\]|[\p{L}\p{N} _,:;@#%&=<>~!'"/.-]|\((?:\?:)?|\)(?![*+?{])|\||[*+?](?![*+?])|\{\d{1,3}(?:,\d{0,3})?\}(?![*+?{]))*\$?$/u;
add("regex", "string string", (text, pattern) => {
  if (pattern.length > 200 || text.length > 2000 || !PLAIN_PATTERN.test(pattern)) throw new AskServer("regex");
  if (/[*+?}][^)|]{0,3}[*+]/.test(pattern) && text.length > 100) throw new AskServer("regex");
  if (/\\[dws]/.test(pattern) && /[^\x00-\x7f]/.test(text)) throw new AskServer("regex");
  try {
    return new RegExp(`^(?:${pattern.replace(/^\^/, "").replace(/\$$/, "")})$`, "u").test(text);
  } catch {
    throw new AskServer("regex");
  }
});

// Dates

function monthsLater(day, months) {
  const [year, month, date] = day.parts;
  const count = year * 12 + month - 1 + months;
  const [years, at] = [Math.floor(count / 12), ((count % 12) + 12) % 12];
  if (years < 1 || years > 9999) throw new Problem("out of range");
  const last = new Date(Date.UTC(2000 + (years % 400), at + 1, 0)).getUTCDate();
  return Day.of(years, at + 1, Math.min(date, last));
}

add("date", "any number? number?", (value, month, day) => {
  if (month === undefined) return value instanceof Decimal ? toDay(shift(new Day(0), value)) : toDay(value);
  if (day === undefined) throw new Problem("year, month and day are all needed");
  if (isEmpty(value)) return null;
  if (!(value instanceof Decimal)) throw new Problem("the year is no number");
  const year = whole(value, 0, 9999);
  const first = monthsLater(Day.of(year < 1900 ? year + 1900 : year, 1, 1), whole(month, -120000, 120000) - 1);
  return checkedDay(first.number + whole(day, -4000000, 4000000) - 1);
});
add("today", "", (context) => context.environment.now.day, { context: true });
add("now", "", (context) => context.environment.now, { context: true });
add("year", "date", (day) => Decimal.of(day.parts[0]));
add("month", "date", (day) => Decimal.of(day.parts[1]));
add("day", "date", (day) => Decimal.of(day.parts[2]));
add("weekday", "date number?", (day, kind = ONE) => {
  const sunday = (((day.number + 4) % 7) + 7) % 7;
  const monday = (sunday + 6) % 7;
  const which = whole(kind, 1, 17);
  if (which > 3) throw new AskServer("weekday");
  return Decimal.of([sunday + 1, monday + 1, monday][which - 1]);
});
add("edate", "date number", (day, months) => monthsLater(day, whole(months, -120000, 120000)));
add("eomonth", "date number", (day, months) => {
  const [year, month] = day.parts;
  const next = monthsLater(Day.of(year, month, 1), whole(months, -120000, 120000) + 1);
  return new Day(next.number - 1);
});
add("days", "date date", (end, start) => Decimal.of(end.number - start.number));
add("datedif", "date date text", (start, end, unit) => {
  if (end.number < start.number) throw new Problem("the end lies before the start");
  const [[y1, m1, d1], [y2, m2, d2]] = [start.parts, end.parts];
  const months = (y2 - y1) * 12 + m2 - m1 - (d2 < d1 ? 1 : 0);
  switch (unit.trim().toUpperCase()) {
    case "Y":
      return Decimal.of(Math.floor(months / 12));
    case "M":
      return Decimal.of(months);
    case "D":
      return Decimal.of(end.number - start.number);
    case "YM":
      return Decimal.of(months % 12);
    default:
      throw new AskServer("datedif");
  }
});

// Numbers with check digits; without an argument, the field's own value

const checked = (name, test) =>
  add(name, "any?", (context, ...given) => {
    const value = given.length ? given[0] : context.environment.current;
    return isEmpty(value) ? null : test(toText(value).trim());
  }, { context: true });

checked("is-cas", (text) => {
  const digits = text.replace(/-/g, "");
  if (!/^[1-9]\d{1,6}-\d{2}-\d$/.test(text)) throw new AskServer("is-cas");
  const sum = Array.from(digits.slice(0, -1)).reverse().reduce((all, digit, at) => all + Number(digit) * (at + 1), 0);
  return sum % 10 === Number(digits.slice(-1));
});
checked("is-bank-card", (text) => {
  const digits = text.replaceAll(" ", "");
  if (!/^\d{12,19}$/.test(digits)) return false;
  const sum = Array.from(digits).reverse().reduce((all, digit, at) => {
    const twice = at % 2 ? Number(digit) * 2 : Number(digit);
    return all + (twice > 9 ? twice - 9 : twice);
  }, 0);
  return sum % 10 === 0;
});
