// A pad to write a signature or draw on, with a finger, a pen or a mouse. What is drawn becomes a picture.
const LINE = 2.5; // CSS pixels

export default {
  name: "BfPad",
  inject: ["form"],
  props: { tall: Boolean, label: String },
  emits: ["picture", "drawn"],
  data: () => ({ drawn: false }),
  mounted() {
    this.size();
    this.observer = new ResizeObserver(() => this.drawn || this.size());
    this.observer.observe(this.$refs.canvas);
  },
  beforeUnmount() {
    this.observer.disconnect();
    this.$emit("drawn", false);
  },
  watch: {
    drawn(is) {
      this.$emit("drawn", is);
    },
  },
  methods: {
    size() {
      const { canvas } = this.$refs;
      const scale = window.devicePixelRatio || 1;
      canvas.width = Math.max(1, canvas.clientWidth * scale);
      canvas.height = Math.max(1, canvas.clientHeight * scale);
      const pen = (this.pen = canvas.getContext("2d"));
      pen.fillStyle = "#fff"; // ink on paper, whatever the colours of the page
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.scale(scale, scale);
      pen.lineWidth = LINE;
      pen.lineCap = pen.lineJoin = "round";
      this.drawn = false;
    },
    at(event) {
      const box = this.$refs.canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    },
    down(event) {
      event.preventDefault();
      this.$refs.canvas.setPointerCapture(event.pointerId);
      this.last = this.at(event);
      this.line(this.last);
    },
    move(event) {
      if (this.last) this.line(this.at(event));
    },
    line(to) {
      this.pen.beginPath();
      this.pen.moveTo(...this.last);
      this.pen.lineTo(...to);
      this.pen.stroke();
      this.last = to;
      this.drawn = true;
    },
    take() {
      this.$refs.canvas.toBlob((picture) => picture && this.$emit("picture", picture), "image/png");
    },
  },
  template: `
    <div class="bf-pad">
      <canvas ref="canvas" :class="{ 'bf-tall': tall }" role="img" :aria-label="label" @pointerdown="down" @pointermove="move" @pointerup="last = null" @pointercancel="last = null"></canvas>
      <div class="bf-pad-tools">
        <button type="button" class="bf-button" :disabled="!drawn" @click="take">{{ form.say('pad_take') }}</button>
        <button type="button" class="bf-link" :disabled="!drawn" @click="size">{{ form.say('clear') }}</button>
      </div>
    </div>`,
};
