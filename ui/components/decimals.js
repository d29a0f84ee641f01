// Exact decimal numbers: a whole number (BigInt) and a count of digits behind the point. The same rules as the server:
// 50 digits while computing, 40 in a result, halves to even there; `round` takes halves away from zero.

const COMPUTING = 50;
const SETTLED = 40;
const NEAR = 34; // digits; behind them a short number that was cut in between differs from itself
const SHORT = 24; // digits
const SAME = 36; // digits by which two numbers differ at least
const SHOWN = 15; // digits, as in Excel
const LARGEST_EXPONENT = 999;
const PATTERN = /^([+-]?)(\d{0,60})(?:\.(\d{0,60}))?(?:[eE]([+-]?\d{1,3}))?$/;

export class OutOfRange extends Error {}
export class DivisionByZero extends Error {}

const TEN = 10n;
const tens = (count) => TEN ** BigInt(count);
const digitsOf = (whole) => (whole < 0n ? -whole : whole).toString().length;
const sign = (whole) => (whole < 0n ? -1n : 1n);

// The nearest whole number to a fraction; a half goes to the even one ("even") or away from zero ("up").
function divided(numerator, denominator, halves) {
  const negative = numerator < 0n !== denominator < 0n;
  const [top, bottom] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  let quotient = top / bottom;
  const rest = (top % bottom) * 2n;
  if (rest > bottom || (rest === bottom && (halves === "up" || quotient % 2n === 1n))) quotient += 1n;
  return negative ? -quotient : quotient;
}

export class Decimal {
  constructor(whole, scale) {
    this.whole = whole;
    this.scale = scale;
  }

  // The number that a text writes, or null when it writes none.
  static read(text) {
    const found = PATTERN.exec(text.trim());
    if (!found || !(found[2] || found[3])) return null;
    const behind = found[3] || "";
    let whole = BigInt(found[2] + behind || "0");
    if (found[1] === "-") whole = -whole;
    const scale = behind.length - Number(found[4] || 0);
    return (scale < 0 ? new Decimal(whole * tens(-scale), 0) : new Decimal(whole, scale)).within(COMPUTING);
  }

  // A number that the server computed, however long; null for what is none.
  static told(text) {
    const found = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text);
    if (!found) return Decimal.read(text);
    const behind = found[3] || "";
    return new Decimal(BigInt(found[1] + found[2] + behind), behind.length).within(COMPUTING);
  }

  static of(number) {
    return new Decimal(BigInt(number), 0);
  }

  within(digits) {
    const length = digitsOf(this.whole);
    if (length - this.scale - 1 > LARGEST_EXPONENT) throw new OutOfRange();
    if (length <= digits) return this;
    const excess = length - digits;
    const whole = divided(this.whole, tens(excess), "even");
    return excess <= this.scale ? new Decimal(whole, this.scale - excess) : new Decimal(whole * tens(excess - this.scale), 0);
  }

  settled() {
    const settled = this.within(SETTLED);
    if (digitsOf(settled.whole) <= NEAR) return settled;
    const near = settled.within(NEAR).trimmed();
    return digitsOf(near.whole) <= SHORT ? near : settled;
  }

  // Where the first digit stands: 0 for ones, 3 for thousands.
  size() {
    return digitsOf(this.whole) - 1 - this.scale;
  }

  // A sum, or 0 where two numbers were the same but for what a division left over.
  orNothing(one, other) {
    return this.whole !== 0n && this.size() < Math.max(one.size(), other.size()) - SAME ? new Decimal(0n, 0) : this;
  }

  with(other) {
    const scale = Math.max(this.scale, other.scale);
    return [this.whole * tens(scale - this.scale), other.whole * tens(scale - other.scale), scale];
  }

  plus(other) {
    const [a, b, scale] = this.with(other);
    return new Decimal(a + b, scale).within(COMPUTING).orNothing(this, other);
  }

  minus(other) {
    const [a, b, scale] = this.with(other);
    return new Decimal(a - b, scale).within(COMPUTING).orNothing(this, other);
  }

  times(other) {
    return new Decimal(this.whole * other.whole, this.scale + other.scale).within(COMPUTING);
  }

  over(other) {
    if (other.whole === 0n) throw new DivisionByZero();
    const [a, b] = this.with(other);
    const further = Math.max(0, COMPUTING + digitsOf(b) - digitsOf(a) + 1);
    const quotient = new Decimal(divided(a * tens(further), b, "even"), further).within(COMPUTING).trimmed();
    return quotient.withZeros(this.scale - other.scale);
  }

  // The remainder with the sign of the left side.
  remainder(other) {
    if (other.whole === 0n) throw new DivisionByZero();
    const [a, b, scale] = this.with(other);
    return new Decimal(a % b, scale);
  }

  negated() {
    return new Decimal(-this.whole, this.scale);
  }

  absolute() {
    return this.whole < 0n ? this.negated() : this;
  }

  compare(other) {
    const [a, b] = this.with(other);
    return a < b ? -1 : a > b ? 1 : 0;
  }

  isZero() {
    return this.whole === 0n;
  }

  isWhole() {
    return this.scale <= 0 || this.whole % tens(this.scale) === 0n;
  }

  // Rounded to digits behind the point (before it when negative): "half" away from zero, "up" away from zero,
  // "down" towards it, "floor" and "ceiling".
  rounded(digits, way = "half") {
    if (this.scale <= digits) return this;
    const unit = tens(this.scale - digits);
    let whole = this.whole / unit;
    const rest = this.whole % unit;
    if (rest !== 0n) {
      const step = sign(this.whole);
      const away =
        way === "up" ||
        (way === "floor" && step < 0n) ||
        (way === "ceiling" && step > 0n) ||
        (way === "half" && (rest < 0n ? -rest : rest) * 2n >= unit);
      if (away) whole += step;
    }
    return digits >= 0 ? new Decimal(whole, digits) : new Decimal(whole * tens(-digits), 0);
  }

  trimmed() {
    let { whole, scale } = this;
    while (scale > 0 && whole % TEN === 0n) {
      whole /= TEN;
      scale -= 1;
    }
    return new Decimal(whole, scale);
  }

  // With at least so many digits behind the point, as far as there is room: 85.00 / 2 is 42.50.
  withZeros(digits) {
    const more = Math.min(digits - this.scale, COMPUTING - digitsOf(this.whole));
    return more > 0 ? new Decimal(this.whole * tens(more), this.scale + more) : this;
  }

  // A small whole number as JavaScript's own; cut towards zero.
  number() {
    return Number(this.whole / tens(this.scale));
  }

  // As it was written, zeros at the end included.
  toString() {
    const digits = (this.whole < 0n ? -this.whole : this.whole).toString().padStart(this.scale + 1, "0");
    const text = this.scale ? `${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}` : digits;
    return this.whole < 0n ? `-${text}` : text;
  }

  // A computed number for reading: behind the point no more digits than make fifteen in all. `platform/forms/labels.py` does the same.
  shown() {
    if (this.scale <= 0 || digitsOf(this.whole) <= SHOWN) return this.toString();
    const places = Math.max(0, SHOWN - 1 - this.size());
    return places < this.scale ? this.rounded(places).trimmed().toString() : this.toString();
  }

  // As an expression writes it: no zeros at the end.
  text() {
    return this.settled().trimmed().toString();
  }
}
