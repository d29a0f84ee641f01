// Why a decision came out as it did: lines that open to the lines below them, each with its value and its cell.
const Line = {
  name: "ExplanationLine",
  props: { line: Object, depth: Number },
  template: `
    <li>
      <details v-if="line.parts.length" :open="depth < 2">
        <summary><span class="ex-label">{{ line.label }}</span><span v-if="line.value !== ''" class="ex-value">{{ line.value }}</span>
          <span v-if="line.cell" class="cell-mark">{{ line.cell }}</span><span v-if="line.note" class="ex-note">{{ line.note }}</span></summary>
        <ul><explanation-line v-for="(part, i) in line.parts" :key="i" :line="part" :depth="depth + 1"></explanation-line></ul>
      </details>
      <div v-else class="ex-leaf"><span class="ex-label">{{ line.label }}</span><span v-if="line.value !== ''" class="ex-value">{{ line.value }}</span>
        <span v-if="line.cell" class="cell-mark">{{ line.cell }}</span><span v-if="line.note" class="ex-note">{{ line.note }}</span></div>
    </li>`,
};
Line.components = { ExplanationLine: Line };
export default {
  components: { ExplanationLine: Line },
  props: { lines: Array },
  template: `<ul class="explanation"><explanation-line v-for="(line, i) in lines" :key="i" :line="line" :depth="0"></explanation-line></ul>`,
};
