// Native elements as the server lists them: [name, attributes, children], a text, or {slot} where others stand.
// What is in a `teleport` stands at the end of the page, as its last part for keyboards and screen readers.
import { Teleport, h } from "vue";

export default {
  props: { nodes: Array },
  render() {
    const draw = (node) => {
      if (typeof node === "string") return node;
      if (node.slot) return this.$slots[node.slot]?.() || [];
      const [name, attributes, children] = node;
      const inside = children.flatMap(draw);
      return name === "teleport" ? h(Teleport, { to: "body" }, inside) : h(name, attributes, inside);
    };
    const drawn = this.nodes.flatMap(draw);
    return drawn.length === 1 ? drawn[0] : drawn;
  },
};
