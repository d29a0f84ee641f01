// A label, hint or choice as its author styled it: known tags around text and values, never HTML.
import { h } from "vue";

const BfText = {
  name: "BfText",
  inject: ["form"],
  // `plain` are the pieces of the text, `styled` the same with its style, where it has one.
  props: { plain: [Array, String], styled: Array, row: Array },
  methods: {
    drawn(pieces) {
      return pieces.map((piece) => {
        if (typeof piece === "string") return piece;
        if (piece.ref !== undefined) return this.form.pass.shownName(piece.ref, this.row || []);
        const link = piece.href ? { href: piece.href, target: "_blank", rel: "noopener" } : {};
        return h(piece.tag, { ...link, style: piece.color ? { color: piece.color } : undefined }, this.drawn(piece.items));
      });
    },
  },
  render() {
    if (this.styled) return h("span", { class: "bf-lines" }, this.drawn(this.styled));
    return h("span", { class: "bf-lines" }, typeof this.plain === "string" ? this.plain : this.form.pass.text(this.plain, this.row || []));
  },
};
export default BfText;

// More help than a hint has room for, opened by whoever wants it.
export const BfGuidance = {
  name: "BfGuidance",
  components: { BfText },
  inject: ["form"],
  props: { item: Object, row: Array },
  template: `
    <details v-if="item.guidance" class="bf-guidance"><summary>{{ form.say('guidance') }}</summary>
      <bf-text :plain="item.guidance" :styled="(item.styled || {}).guidance" :row="row"></bf-text></details>`,
};
