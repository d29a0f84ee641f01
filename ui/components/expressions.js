// The interpreter of the rule language in the browser: the trees of Expression.to_json, with the server's meaning.
// What it cannot do it says (ASK_SERVER); what cannot be computed is an ErrorValue. Nothing is ever turned into code.
import { Decimal, DivisionByZero } from "decimals";
import { FUNCTIONS } from "expression_functions";
import {
  AskServer,
  Day,
  ErrorValue,
  Moment,
  Problem,
  Time,
  bounded,
  daysNumber,
  equal,
  isEmpty,
  before,
  shift,
  spread,
  toDay,
  toMoment,
  toNumber,
  toText,
  toTruth,
  toXPathText,
} from "expression_values";

export { AskServer, Day, Decimal, ErrorValue, Moment, Time, isEmpty, toText, toTruth };

export const ASK_SERVER = Symbol("ask the server");
const NOTHING = Symbol("an argument that makes the result empty");
const DEEPEST = 200;
const MOST_VISITED = 20000; // rows that one expression goes through before the server is asked

// The value of a tree. `environment`: value(name), current, now (a Moment), positions, label(question, choice), and
// rows(repeat), the environments of its rows.
// A name that the browser does not have is told by throwing AskServer from value().
export function evaluate(tree, environment) {
  try {
    const value = new Evaluator(environment).value(tree);
    return value instanceof Decimal ? value.settled() : value;
  } catch (error) {
    if (error instanceof AskServer) return ASK_SERVER;
    if (error instanceof RangeError) return new ErrorValue("out of range");
    throw error;
  }
}

class Failed extends Error {
  constructor(error) {
    super();
    this.error = error;
  }
}

class Evaluator {
  constructor(environment, own = null) {
    this.environment = environment;
    this.own = own || this; // where the whole expression stands, whatever row is looked at
    this.depth = own ? own.depth : 0;
    this.visited = 0;
  }

  // An evaluator for every row of a repeat.
  rows(repeat) {
    if (!this.environment.rows) throw new AskServer("rows");
    return this.environment.rows(repeat).map((row) => this.inRow(row));
  }

  // The same row where position() is another number.
  inPlace(positions) {
    const { environment } = this;
    const moved = Object.create(environment, { positions: { value: positions } });
    return new Evaluator(moved, this.own);
  }

  inRow(environment) {
    this.own.visited += 1;
    if (this.own.visited > MOST_VISITED) throw new AskServer("rows");
    return new Evaluator(environment, this.own);
  }

  value(tree) {
    if (++this.depth > DEEPEST) throw new AskServer("depth");
    try {
      return this.compute(tree);
    } catch (error) {
      if (error instanceof Failed) return error.error;
      if (error instanceof Problem || error instanceof DivisionByZero || error instanceof RangeError) {
        return new ErrorValue(error.message || "out of range");
      }
      throw error;
    } finally {
      this.depth -= 1;
    }
  }

  compute(tree) {
    switch (tree.t) {
      case "num":
        return Decimal.read(tree.v);
      case "text":
      case "bool":
        return tree.v;
      case "name":
        return this.environment.value(tree.v);
      case "self":
        return this.environment.current;
      case "op":
        return this.operation(tree);
      case "in":
        return this.membership(tree);
      case "call":
        return this.call(tree);
      default:
        throw new AskServer(tree.t);
    }
  }

  // The value of a part that must not be an error.
  sound(tree) {
    const value = this.value(tree);
    if (value instanceof ErrorValue) throw new Failed(value);
    return value;
  }

  membership(tree) {
    const needle = this.sound(tree.a[0]);
    for (const item of tree.a.slice(1)) {
      if (spread([this.sound(item)]).some((offered) => equal(needle, offered))) return true;
    }
    return false;
  }

  operation(tree) {
    const operator = tree.v;
    if (operator === "and" || operator === "or") {
      const stop = operator === "or";
      return tree.a.some((operand) => toTruth(this.sound(operand)) === stop) ? stop : !stop;
    }
    const values = tree.a.map((operand) => this.sound(operand));
    if (operator in COMPARISONS) return COMPARISONS[operator](values[0], values[1]);
    if (operator === "&") return values.reduce((text, value) => bounded(text + toText(whole(value))), "");
    if (values.some(isEmpty)) return null;
    if (operator === "neg") return toNumber(values[0]).negated().settled();
    if (operator === "pct") return toNumber(values[0]).over(Decimal.of(100));
    if (!(operator in ARITHMETIC)) throw new AskServer(operator);
    return values.slice(1).reduce(ARITHMETIC[operator], values[0]);
  }

  call(tree) {
    const entry = FUNCTIONS[tree.v];
    if (!entry || !Object.hasOwn(FUNCTIONS, tree.v)) throw new AskServer(tree.v);
    const { parameters, compute, context } = entry;
    const values = tree.a.map((operand, at) => this.argument(parameters[Math.min(at, parameters.length - 1)], operand));
    if (values.includes(NOTHING)) return null;
    const last = parameters[parameters.length - 1];
    const given = last && last.kind === "list" && last.many
      ? [...values.slice(0, parameters.length - 1), ...spread(values.slice(parameters.length - 1))]
      : values;
    const result = context ? compute(this, ...given) : compute(...given);
    return typeof result === "string" ? bounded(result) : result;
  }

  argument(parameter, tree) {
    if (!parameter) throw new AskServer("arguments");
    if (parameter.kind === "node" || parameter.kind === "column") return tree;
    const value = this.sound(tree);
    const turn = ARGUMENTS[parameter.kind];
    if (parameter.kind === "list") return parameter.many ? whole(value) : spread([value]);
    const turned = turn ? turn(value) : value;
    return turned === null && parameter.kind !== "any" ? NOTHING : turned;
  }
}

const ARGUMENTS = { number: toNumber, date: toDay, moment: toMoment, text: (value) => toText(whole(value)), string: (value) => toXPathText(whole(value)), truth: toTruth };

// A value of which no part is an error: of the rows of a column, one that cannot be computed is what is told.
function whole(value) {
  const broken = Array.isArray(value) && value.find((item) => item instanceof ErrorValue);
  if (broken) throw new Failed(broken);
  return value;
}

const COMPARISONS = {
  "=": equal,
  "!=": (left, right) => !equal(left, right),
  "<": (left, right) => before(left, right, false),
  "<=": (left, right) => before(left, right, true),
  ">": (left, right) => before(right, left, false),
  ">=": (left, right) => before(right, left, true),
};

const isDate = (value) => value instanceof Day || value instanceof Moment;

function numbers(left, right, compute) {
  const [first, second] = [toNumber(left), toNumber(right)];
  return first === null || second === null ? null : compute(first, second);
}

const ARITHMETIC = {
  "+"(left, right) {
    if (isDate(left) && isDate(right)) throw new Problem("two dates cannot be added");
    if ((isDate(left) && right instanceof Time) || (isDate(right) && left instanceof Time)) throw new AskServer("+");
    if (isDate(left)) return shift(left, daysNumber(right));
    if (isDate(right)) return shift(right, daysNumber(left));
    return numbers(left, right, (a, b) => a.plus(b));
  },
  "-"(left, right) {
    if (isDate(left) && typeof right === "string") {
      const day = toMomentOrNull(right);
      if (day) return between(day, left);
    }
    if (isDate(left) && isDate(right)) return between(right, left);
    if (isDate(left)) return shift(left, daysNumber(right).negated());
    if (isDate(right)) throw new Problem("a date cannot be subtracted from that");
    return numbers(left, right, (a, b) => a.minus(b));
  },
  "*": (left, right) => numbers(left, right, (a, b) => a.times(b)),
  "/": (left, right) => numbers(left, right, (a, b) => a.over(b)),
  mod: (left, right) => numbers(left, right, (a, b) => a.settled().remainder(b.settled())),
  "^": (left, right) => numbers(left, right, power),
};

function toMomentOrNull(text) {
  try {
    return toMoment(text);
  } catch {
    return null;
  }
}

function between(start, end) {
  if (start instanceof Day && end instanceof Day) return Decimal.of(end.number - start.number);
  const gap = toMoment(end).seconds - toMoment(start).seconds;
  return Decimal.of(gap).over(Decimal.of(86400));
}

function power(base, exponent) {
  if (!exponent.isWhole() || exponent.absolute().compare(Decimal.of(100)) > 0) throw new AskServer("^");
  const times = exponent.number();
  if (base.isZero() && times < 0) throw new DivisionByZero();
  let result = Decimal.of(1);
  for (let i = 0; i < Math.abs(times); i += 1) result = result.times(base);
  return times < 0 ? Decimal.of(1).over(result) : result;
}
