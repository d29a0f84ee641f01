// The draft in the browser: each window keeps its own at each change, and throws it away once the server has it or the
// form is sent. What a window kept that was closed goes on in the next that opens the form.
const PREFIX = "banshi/draft/";
const PLACE = "banshi/place/";
const WINDOW = "banshi/window";
const LONGEST = 2000000; // characters; browsers keep about five million for a site

export class Draft {
  constructor(key) {
    this.key = key ? PREFIX + key : "";
    this.kept = PLACE + key;
    this.own = key && `${this.key}#${windowId()}`;
  }

  // {answers, chosen, command, base, states, at}, for the task of an office {typed, at}; or null.
  load() {
    if (!this.key) return null;
    try {
      const own = this.read(this.own);
      if (own || this.at() !== null) return own; // this window was here before: others may still be open
      const [left, kept] = this.copies().map((name) => [name, this.read(name)]).filter(([, found]) => found).sort(([, one], [, other]) => (other.at || 0) - (one.at || 0))[0] || [];
      if (!kept) return null;
      localStorage.setItem(this.own, JSON.stringify(kept));
      localStorage.removeItem(left);
      return kept;
    } catch {
      return null;
    }
  }

  read(name) {
    const kept = JSON.parse(localStorage.getItem(name) || "null");
    const content = kept && typeof kept === "object" && (kept.answers || kept.typed);
    return content && typeof content === "object" ? kept : null;
  }

  // The names of what all windows keep.
  copies() {
    return Object.keys(localStorage).filter((name) => name.startsWith(`${this.key}#`));
  }

  // Whether it could be kept: private windows and full stores refuse.
  save(content) {
    if (!this.key) return false;
    try {
      const text = JSON.stringify(content);
      if (text.length > LONGEST) return false;
      localStorage.setItem(this.own, text);
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

  // How far this device was the last time, whatever the tab: {at, furthest}, or an empty object.
  place() {
    try {
      return (this.key && JSON.parse(localStorage.getItem(this.kept) || "null")) || {};
    } catch {
      return {};
    }
  }

  stayAt(at, furthest = at) {
    try {
      if (!this.key) return;
      sessionStorage.setItem(`${this.key}/at`, String(at));
      localStorage.setItem(this.kept, JSON.stringify({ at, furthest }));
    } catch {
      // Then it goes on at the first page that is not finished.
    }
  }

  leave() {
    try {
      if (!this.key) return;
      sessionStorage.removeItem(`${this.key}/at`);
      localStorage.removeItem(this.kept);
    } catch {
      // A browser that keeps nothing has nothing to forget.
    }
  }

  drop() {
    if (!this.key) return;
    try {
      localStorage.removeItem(this.own);
    } catch {
      // A browser that keeps nothing has nothing to drop.
    }
  }

  // What no window needs any more.
  dropAll() {
    if (!this.key) return;
    try {
      for (const name of this.copies()) localStorage.removeItem(name);
    } catch {
      // A browser that keeps nothing has nothing to drop.
    }
  }
}

// The same for a window and its reloads, another for each other window.
function windowId() {
  try {
    if (!sessionStorage.getItem(WINDOW)) sessionStorage.setItem(WINDOW, newCommandId());
    return sessionStorage.getItem(WINDOW);
  } catch {
    return "";
  }
}

// A short mark of some JSON, the same whatever the order of its keys; others as good as never have it (cyrb53, public domain).
export function markOf(value) {
  const text = JSON.stringify(sorted(value));
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return `${text.length.toString(36)}.${(4294967296 * (2097151 & low) + (high >>> 0)).toString(36)}`;
}

// Numbers are texts, as the server tells them.
function sorted(value) {
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map(sorted);
  if (!value || typeof value !== "object") return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

export function newCommandId() {
  const bytes = new Uint8Array(16);
  crypto.getRandomValues(bytes);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function clock(date = new Date()) {
  return `${String(date.getHours()).padStart(2, "0")}:${String(date.getMinutes()).padStart(2, "0")}`;
}
