// The draft in the browser: kept at each change, thrown away once the server has it or the form is sent.
const PREFIX = "banshi/draft/";
const LONGEST = 2000000; // characters; browsers keep about five million for a site

export class Draft {
  constructor(key) {
    this.key = key ? PREFIX + key : "";
  }

  // {answers, command, at}, for the task of an office {typed, at}; or null.
  load() {
    if (!this.key) return null;
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) || "null");
      const content = kept && typeof kept === "object" && (kept.answers || kept.typed);
      return content && typeof content === "object" ? kept : null;
    } catch {
      return null;
    }
  }

  // Whether it could be kept: private windows and full stores refuse.
  save(content) {
    if (!this.key) return false;
    try {
      const text = JSON.stringify(content);
      if (text.length > LONGEST) return false;
      localStorage.setItem(this.key, text);
      return true;
    } catch {
      return false;
    }
  }

  // Where somebody was, for as long as the tab is open.
  at() {
    try {
      const at = sessionStorage.getItem(`${this.key}/at`);
      return this.key && at !== null ? Number(at) : null;
    } catch {
      return null;
    }
  }

  stayAt(at) {
    try {
      if (this.key) sessionStorage.setItem(`${this.key}/at`, String(at));
    } catch {
      // Then it goes on at the first page that is not finished.
    }
  }

  leave() {
    try {
      if (this.key) sessionStorage.removeItem(`${this.key}/at`);
    } catch {
      // A browser that keeps nothing has nothing to forget.
    }
  }

  drop() {
    if (!this.key) return;
    try {
      localStorage.removeItem(this.key);
    } catch {
      // A browser that keeps nothing has nothing to drop.
    }
  }
}

export function newCommandId() {
  const bytes = new Uint8Array(16);
  crypto.getRandomValues(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function clock(date = new Date()) {
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}
