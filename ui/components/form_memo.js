// What was worked out of the answers, with what each result was made from: a change forgets what hangs on it, no more.
export class Memo {
  constructor() {
    this.found = new Map();
    this.readers = new Map(); // by a source or a result, the results that were made from it
    this.making = []; // what is being worked out, innermost last
    this.busy = new Set();
    this.circular = false; // what a circle gives depends on where one enters it
  }

  // Note that what is being worked out depends on a source.
  from(source) {
    const made = this.making[this.making.length - 1];
    if (made === undefined) return;
    const readers = this.readers.get(source);
    if (readers) readers.add(made);
    else this.readers.set(source, new Set([made]));
  }

  // The result under a key, worked out at most once; `circular` while that goes on.
  once(key, compute, circular) {
    this.from(key);
    if (this.busy.has(key)) this.circular = true;
    if (this.found.has(key)) return this.found.get(key);
    this.found.set(key, circular);
    this.making.push(key);
    this.busy.add(key);
    try {
      const value = compute();
      this.found.set(key, value);
      return value;
    } catch (error) {
      this.found.delete(key);
      throw error;
    } finally {
      this.making.pop();
      this.busy.delete(key);
    }
  }

  // Forget what was made from some sources, directly or on the way.
  forget(sources) {
    const left = [...sources];
    while (left.length) {
      const source = left.pop();
      const readers = this.readers.get(source);
      if (!readers) continue;
      this.readers.delete(source);
      for (const key of readers) {
        this.found.delete(key);
        left.push(key);
      }
    }
  }
}
