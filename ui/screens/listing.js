// A table of one page of rows; on a phone each row becomes a card. All text is interpolated, links come from the server.
export default {
  props: { columns: Array, rows: Array, caption: String, pager: Object },
  template: `
    <div class="listing">
      <div class="table-box" tabindex="0" role="region" :aria-label="caption">
        <table>
          <caption class="hidden-text">{{ caption }}</caption>
          <thead><tr><th v-for="c in columns" :key="c.key" scope="col" :class="c.look">{{ c.label }}</th></tr></thead>
          <tbody>
            <tr v-for="(row, i) in rows" :key="i" :class="{ linked: row.href }">
              <td v-for="c in columns" :key="c.key" :class="c.look" :data-label="c.label">
                <template v-if="row.cells[c.key] && row.cells[c.key].text">
                  <span v-if="row.cells[c.key].tone" class="tag" :class="'tag-' + row.cells[c.key].tone">{{ row.cells[c.key].text }}</span>
                  <a v-else-if="row.cells[c.key].href" :href="row.cells[c.key].href" :class="{ cover: row.cells[c.key].cover }">{{ row.cells[c.key].text }}</a>
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
    </div>`,
};
