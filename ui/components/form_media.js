// Pictures, sounds and films of a label. What stands outside a choice's label is what can be played or opened.
export default {
  name: "BfMedia",
  inject: ["form"],
  // `part` is `image` or `rest` for a choice, else all of it; `map` says that the picture is shown as a map.
  props: { media: Object, label: String, part: String, map: Boolean },
  data: () => ({ gone: [] }),
  computed: {
    picture() {
      return this.map || this.part === "rest" ? "" : this.file("image") || this.file("big-image");
    },
    large() {
      return this.part === "image" ? "" : this.file("big-image");
    },
    // Beside a choice the label says what the picture shows.
    alt() {
      return this.part ? "" : this.form.say("picture_of", { label: this.label });
    },
    sound() {
      return this.part === "image" ? "" : this.file("audio");
    },
    film() {
      return this.part === "image" ? "" : this.file("video");
    },
  },
  methods: {
    file(kind) {
      const name = (this.media || {})[kind];
      return name && !this.gone.includes(kind) ? this.form.media + encodeURIComponent(name) : "";
    },
    miss() {
      this.gone.push((this.media || {}).image && !this.gone.includes("image") ? "image" : "big-image");
    },
  },
  template: `
    <span v-if="media && (picture || large || sound || film)" class="bf-media" :class="{ 'bf-media-choice': part }">
      <img v-if="picture" :src="picture" :alt="alt" loading="lazy" @error="miss">
      <a v-if="large" class="bf-link" :href="large" target="_blank" rel="noopener" :aria-label="form.say('enlarge_what', { label })">{{ form.say('enlarge') }}</a>
      <audio v-if="sound" :src="sound" controls preload="none" :aria-label="form.say('sound_of', { label })"></audio>
      <video v-if="film" :src="film" controls preload="metadata" :aria-label="form.say('film_of', { label })"></video>
    </span>`,
};
