// Choices that are the shapes of a picture (`image-map` of XLSForm): an SVG whose ids are the names of choices.
// The server has cleaned the picture; it stands in a shadow tree, so that its styles and ids are its own.
const STYLE = `
  svg { display: block; width: 100%; height: auto; max-height: 70vh; }
  [data-choice] { cursor: pointer; outline: none; }
  [data-choice]:is(:hover, :focus-visible):not(g, text), [data-choice]:is(:hover, :focus-visible) :not(text, tspan, g) { stroke: #0b5cab !important; stroke-width: 3px !important; vector-effect: non-scaling-stroke; }
  [data-choice]:focus-visible { outline: 3px solid #0b5cab; outline-offset: 2px; }
  [data-choice][aria-pressed="true"]:not(g, text), [data-choice][aria-pressed="true"] :not(text, tspan, g) { fill: #0b5cab !important; fill-opacity: 0.6 !important; stroke: #063a6e !important; stroke-width: 3px !important; vector-effect: non-scaling-stroke; }
`;

export default {
  name: "BfMap",
  inject: ["form"],
  props: { src: String, options: Array, chosen: Array, label: String },
  emits: ["choose", "failed"],
  mounted() {
    this.load();
  },
  watch: {
    chosen: "mark",
    options: "mark",
  },
  methods: {
    async load() {
      try {
        const answer = await fetch(this.src);
        const parsed = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
        if (!answer.ok || parsed.documentElement.nodeName !== "svg") throw new Error("no map");
        if (this.$refs.place) this.draw(document.importNode(parsed.documentElement, true));
      } catch {
        this.$emit("failed");
      }
    },
    draw(picture) {
      if (picture.hasAttribute("viewBox")) ["width", "height"].forEach((side) => picture.removeAttribute(side));
      picture.setAttribute("role", "group");
      picture.setAttribute("aria-label", this.label);
      picture.addEventListener("click", this.pressed);
      picture.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        this.pressed(event);
      });
      const style = document.createElement("style");
      style.textContent = STYLE;
      this.$refs.place.attachShadow({ mode: "open" }).append(style, picture);
      this.picture = picture;
      this.mark();
    },
    pressed(event) {
      const shape = event.target.closest("[data-choice]");
      if (shape) this.$emit("choose", shape.dataset.choice);
    },
    // Shapes of choices that are not offered are part of the picture and nothing more.
    mark() {
      if (!this.picture) return;
      const offered = new Map(this.options.map((choice) => [choice.name, choice.label]));
      for (const shape of this.picture.querySelectorAll("[id]")) {
        const name = shape.id;
        const facts = { role: "button", tabindex: "0", "data-choice": name, "aria-label": offered.get(name), "aria-pressed": String(this.chosen.includes(name)) };
        for (const [key, value] of Object.entries(facts)) {
          if (offered.has(name)) shape.setAttribute(key, value);
          else shape.removeAttribute(key);
        }
      }
    },
  },
  template: `<div class="bf-map" ref="place"></div>`,
};
