// Where pasted cells go: under the columns that a pasted header names, else one after the other from where they were pasted.
import { NUMBER_TYPES, fits, pasted, plainNumber } from "form_values";

const NUMBER = /^[+-]?[\d.]+$/;
const bare = (text) => text.normalize("NFKC").replace(/[(（][^()（）]*[)）]\s*$/, "").replace(/[\s*＊:：]/g, "").toLowerCase();
const isNumber = (text) => NUMBER.test(plainNumber(text));

// {lines, computed, beyond}: rows of [column, text] that can be put in, cells that fall on what is computed, as
// [column, text], and cells that no column is for, as text. `of` says `label`, `fixed` and `choices` of a column.
export function planned(cells, columns, first, of) {
  const heads = cells.length > 1 ? headed(cells[0], columns, first, of) : null;
  const rows = heads ? cells.slice(1) : cells;
  const targets = heads || inOrder(rows, columns.slice(first), of);
  const [computed, beyond] = [[], []];
  const lines = rows.map((line) => {
    const taken = [];
    line.forEach((text, at) => {
      const column = targets[at];
      if (column && !of.fixed(column)) taken.push([column, text]);
      else if (column && text.trim()) computed.push([column, text.trim()]);
      else if (text.trim()) beyond.push(text.trim());
    });
    return taken;
  });
  return { lines, computed, beyond };
}

// The columns that a first row names, null where it is no header: most of its cells are labels, each of another column.
function headed(line, columns, first, of) {
  const named = line.map((text) => text.trim() && columns.find((column) => [of.label(column), column.name, ...(column.also || [])].some((label) => bare(label) === bare(text))));
  const said = line.filter((text) => text.trim()).length;
  const found = named.filter(Boolean);
  if (new Set(found).size < found.length || found.length * 2 <= said) return null;
  return found.length > 1 || found[0] === columns[first] ? named : null;
}

// People copy what they fill in, without what is computed; but a whole table comes with it. Which of the two, the cells tell.
function inOrder(rows, columns, of) {
  const own = columns.filter((column) => !of.fixed(column));
  const width = Math.max(...rows.map((line) => line.length));
  if (width > own.length) return columns;
  const misfit = (column, text) => !fits(column, pasted(column, text, of.choices(column)), of.choices(column)) || (NUMBER_TYPES.has(column.type) ? !isNumber(text) : column.type === "text" && isNumber(text));
  const computedAt = columns.slice(0, width).flatMap((column, at) => (of.fixed(column) ? [at] : []));
  const told = rows.flatMap((line) => computedAt.map((at) => [at, (line[at] || "").trim()])).filter(([, text]) => text);
  const whole = told.length > 0 && told.every(([at, text]) => columns[at].kind === "number" && isNumber(text)) && told.some(([at, text]) => misfit(own[at], text));
  return whole ? columns : own;
}
