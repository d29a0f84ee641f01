// What the device can add to an answer: the place where it is, the code that its camera sees. Where it cannot, nothing shows.
const LOCATED = new Set(["locate", "geotrace", "geoshape"]);
const PATIENCE = 15000; // milliseconds for a place

export default {
  name: "BfDevice",
  inject: ["form"],
  props: { looks: Array, value: String },
  emits: ["answer"],
  data: () => ({ busy: false, said: "" }),
  computed: {
    locates() {
      return this.looks.some((look) => LOCATED.has(look)) && window.isSecureContext && "geolocation" in navigator;
    },
    scans() {
      return this.looks.includes("scan") && "BarcodeDetector" in window;
    },
  },
  methods: {
    locate() {
      this.busy = true;
      this.said = "";
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          this.busy = false;
          const numbers = [coords.latitude.toFixed(6), coords.longitude.toFixed(6), (coords.altitude || 0).toFixed(1), coords.accuracy.toFixed(1)];
          this.$emit("answer", this.joined(numbers.join(" ")));
        },
        () => {
          this.busy = false;
          this.said = this.form.say("locate_failed");
        },
        { enableHighAccuracy: true, timeout: PATIENCE },
      );
    },
    // A point, or one more of a line or of an area, whose last point is its first again.
    joined(point) {
      if (this.looks.includes("locate")) return point;
      const points = (this.value || "").split(";").map((text) => text.trim()).filter(Boolean);
      const area = this.looks.includes("geoshape");
      if (area && points.length > 1 && points[0] === points[points.length - 1]) points.pop();
      points.push(point);
      return [...points, ...(area && points.length > 2 ? [points[0]] : [])].join("; ");
    },
    async scan(event) {
      const [picture] = event.target.files || [];
      event.target.value = "";
      if (!picture) return;
      this.said = "";
      try {
        const found = await new window.BarcodeDetector().detect(await createImageBitmap(picture));
        if (found.length) this.$emit("answer", found[0].rawValue);
        else this.said = this.form.say("scan_failed");
      } catch {
        this.said = this.form.say("scan_failed");
      }
    },
  },
  template: `
    <span v-if="locates || scans" class="bf-device">
      <button v-if="locates" type="button" class="bf-button" :disabled="busy" @click="locate">{{ form.say(looks.includes('locate') ? 'locate' : 'locate_more') }}</button>
      <label v-if="scans" class="bf-button bf-file-button"><input type="file" class="bf-file-input" accept="image/*" capture="environment" @change="scan"><span>{{ form.say('scan') }}</span></label>
      <span v-if="said" class="bf-error" role="alert">{{ said }}</span>
    </span>`,
};
