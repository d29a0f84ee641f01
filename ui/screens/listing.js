// A table of one page of rows; on a phone each row becomes a card. All text is interpolated, links come from the server.
// With `keys` it is walked through by the keyboard: one row at a time is a stop for Tab. With `picks` rows are ticked.
const OFF = "banshi/keys"; // letters that work everywhere can be switched off (WCAG 2.1.4); in the list they always work
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable], dialog, [popover]";

export default {
  props: { columns: Array, rows: Array, caption: String, pager: Object, keys: Object, picks: Object },
  emits: ["approve"],
  data: () => ({ at: 0, picking: false, picked: [], everywhere: localStorage.getItem(OFF) !== "off" }),
  mounted() {
    if (this.keys) document.addEventListener("keydown", this.pressed);
  },
  unmounted() {
    document.removeEventListener("keydown", this.pressed);
  },
  methods: {
    stop(i) {
      return this.keys ? (i === this.at ? 0 : -1) : null;
    },
    row(i) {
      return this.$el.querySelectorAll("tbody tr")[i];
    },
    go(i) {
      this.at = Math.min(Math.max(i, 0), this.rows.length - 1);
      this.$nextTick(() => {
        const link = this.row(this.at)?.querySelector("a");
        link?.focus();
        link?.scrollIntoView({ block: "nearest" });
      });
    },
    pressed(event) {
      const inside = this.$el.querySelector("tbody").contains(event.target);
      const busy = event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented;
      if (busy || event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
      if (!inside && !this.everywhere) return;
      const step = { j: 1, k: -1, ...(inside && { ArrowDown: 1, ArrowUp: -1, Home: -this.rows.length, End: this.rows.length }) };
      const deeds = { x: () => this.tick(this.at), "/": this.search, "?": this.help, n: () => this.turn("next"), p: () => this.turn("prev") };
      if (event.key in step) this.go(inside ? this.at + step[event.key] : this.at);
      else if (event.key in deeds) deeds[event.key]();
      else return;
      event.preventDefault();
    },
    search() {
      document.querySelector("[role=search] input[type=search]")?.focus();
    },
    help() {
      this.$refs.help.showModal();
    },
    turn(where) {
      this.$el.querySelector(`.pager a[rel=${where}]`)?.click();
    },
    tick(i) {
      const pick = this.picks && this.rows[i]?.pick;
      if (!pick) return;
      this.picking = true;
      if (pick.why) return;
      this.picked = this.picked.includes(pick.id) ? this.picked.filter((id) => id !== pick.id) : [...this.picked, pick.id];
    },
    switchLetters(event) {
      this.everywhere = event.target.checked;
      localStorage.setItem(OFF, this.everywhere ? "on" : "off");
    },
  },
  template: `
    <div class="listing-box">
      <div v-if="picks || keys" class="listing-tools">
        <button v-if="picks" type="button" class="button small" :aria-expanded="String(picking)" @click="picking = !picking">{{ picks.open }}</button>
        <button v-if="keys" type="button" class="button small quiet keys-button" @click="help">{{ keys.title }}</button>
      </div>
      <div v-if="picks && picking" class="bulk">
        <p v-if="picks.text" class="muted">{{ picks.text }}</p>
        <button type="button" class="button primary" @click="$emit('approve', picked)">{{ picks.approve }}</button>
        <span role="status">{{ picks.count.replace("{count}", picked.length) }}</span>
      </div>
      <div class="listing">
        <div class="table-box" :tabindex="keys ? null : 0" role="region" :aria-label="caption">
          <table>
            <caption class="hidden-text">{{ caption }}</caption>
            <thead><tr>
              <th v-if="picking" scope="col" class="pick">{{ picks.column }}</th>
              <th v-for="c in columns" :key="c.key" scope="col" :class="c.look">{{ c.label }}</th>
            </tr></thead>
            <tbody>
              <tr v-for="(row, i) in rows" :key="i" :class="{ linked: row.href, picked: row.pick && picked.includes(row.pick.id) }" @focusin="at = i">
                <td v-if="picking" class="pick" :data-label="picks.column">
                  <input v-if="row.pick" type="checkbox" :tabindex="stop(i)" :disabled="!!row.pick.why" :aria-label="row.pick.label" :checked="picked.includes(row.pick.id)" @change="tick(i)">
                  <span v-if="row.pick && row.pick.why" class="sub">{{ row.pick.why }}</span>
                </td>
                <td v-for="c in columns" :key="c.key" :class="c.look" :data-label="c.label">
                  <template v-if="row.cells[c.key] && row.cells[c.key].text">
                    <span v-if="row.cells[c.key].tone" class="tag" :class="'tag-' + row.cells[c.key].tone">{{ row.cells[c.key].text }}</span>
                    <a v-else-if="row.cells[c.key].href" :href="row.cells[c.key].href" :class="{ cover: row.cells[c.key].cover }" :tabindex="stop(i)">{{ row.cells[c.key].text }}</a>
                    <span v-else>{{ row.cells[c.key].text }}</span>
                    <span v-if="row.cells[c.key].sub" class="sub">{{ row.cells[c.key].sub }}</span>
                  </template>
                </td>
              </tr>
            </tbody>
          </table>
        </div>
        <nav v-if="pager" class="pager" :aria-label="pager.label">
          <span class="pager-total">{{ pager.total }}</span>
          <span class="pager-links">
            <a v-if="pager.previous" :href="pager.previous" class="button small" rel="prev">{{ pager.previous_text }}</a>
            <span class="pager-page">{{ pager.page }}</span>
            <a v-if="pager.next" :href="pager.next" class="button small" rel="next">{{ pager.next_text }}</a>
          </span>
        </nav>
      </div>
      <dialog v-if="keys" ref="help" class="dialog keys" :aria-label="keys.title">
        <h2>{{ keys.title }}</h2>
        <dl><div v-for="[key, text] in keys.list" :key="key"><dt><kbd>{{ key }}</kbd></dt><dd>{{ text }}</dd></div></dl>
        <label class="bulk-one"><input type="checkbox" :checked="everywhere" @change="switchLetters">{{ keys.everywhere }}</label>
        <form method="dialog" class="actions"><button class="button">{{ keys.close }}</button></form>
      </dialog>
    </div>`,
};
