// Attached files: sent at once, with progress; the answer is what the server says of each.
import BfPad from "form_pad";
import { isBlank } from "form_values";

const ADDRESS = "/files";

// 20 MB, 512 KB
function sizeText(bytes) {
  if (!bytes) return "";
  return bytes >= 1048576 ? `${Math.round(bytes / 104857.6) / 10} MB`.replace(".0 ", " ") : `${Math.max(1, Math.round(bytes / 1024))} KB`;
}

// A picture with at most so many pixels on its longer side (`max-pixels` of XLSForm); others come back as they are.
async function smaller(file, most) {
  if (!(most > 0) || !/^image\/(png|jpeg|webp)$/.test(file.type)) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = most / Math.max(picture.width, picture.height);
    if (scale >= 1) return file;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const made = await new Promise((resolve) => canvas.toBlob(resolve, file.type, 0.9));
    return made ? new File([made], file.name, { type: made.type }) : file;
  } catch {
    return file; // no picture after all: the server says so
  }
}

export default {
  name: "BfFiles",
  components: { BfPad },
  inject: ["form"],
  props: { item: Object, row: Array, id: String, described: String, readonly: Boolean },
  data: () => ({ uploads: [], refused: [], waiting: 0 }), // `waiting` are pictures that are being made smaller
  created() {
    this.order = new Map(); // by the id of a file, which of all it was when it was chosen
    this.lastChosen = 0;
  },
  computed: {
    files() {
      const raw = this.form.pass.raw(this.item, this.row);
      return isBlank(raw) ? [] : Array.isArray(raw) ? raw : [raw];
    },
    most() {
      return this.item.mostFiles || 1;
    },
    room() {
      return this.most - this.files.length - this.uploads.length - this.waiting;
    },
    // What is attached: any file, or pictures, sounds or films only.
    medium() {
      if (this.item.type === "image") return "image";
      return (this.item.appearance || []).find((look) => look === "audio" || look === "video") || "";
    },
    // A pad to sign or draw on comes before the button for a picture that exists.
    pad() {
      return ["signature", "签名", "draw", "annotate"].find((look) => (this.item.appearance || []).includes(look)) || "";
    },
    limits() {
      const parts = [this.form.say(this.medium ? `${this.medium}_types` : "file_types")];
      if (this.form.fileLimit) parts.push(this.form.say("file_limit", { size: sizeText(this.form.fileLimit) }));
      if (this.most > 1) parts.push(this.form.say("file_count", { most: this.most }));
      return parts.join(" ");
    },
    button() {
      if (this.pad) return this.form.say("pad_instead");
      if (this.item.type === "image") return this.form.say("take_photo");
      return this.form.say(this.most > 1 ? "choose_files" : "choose_file");
    },
  },
  methods: {
    sizeText,
    href(file) {
      return `${ADDRESS}/${encodeURIComponent(file.id)}`;
    },
    choose(event) {
      const chosen = Array.from(event.target.files || []);
      event.target.value = "";
      this.refused = [];
      for (const file of chosen) {
        if (this.form.fileLimit && file.size > this.form.fileLimit) {
          this.refused.push(this.form.say("file_too_large", { name: file.name, size: sizeText(this.form.fileLimit) }));
        } else if (this.room <= 0) {
          this.refused.push(this.form.say("file_surplus", { name: file.name, most: this.most }));
        } else if (!this.isMeant(file.type)) {
          this.refused.push(this.wrongKind(file.name));
        } else {
          this.sendPicture(file);
        }
      }
    },
    // Whether a file is of the sort that is asked for; what a browser does not know, the server tells.
    isMeant(type) {
      return !this.medium || !type || type.startsWith(`${this.medium}/`);
    },
    wrongKind(name) {
      return this.form.say("file_wrong_kind", { name, kinds: this.form.say(`${this.medium}_types`) });
    },
    async sendPicture(file) {
      const chosen = (this.lastChosen += 1);
      this.waiting += 1;
      this.form.uploading += 1;
      const made = await smaller(file, Number((this.item.parameters || {})["max-pixels"]));
      this.waiting -= 1;
      this.form.uploading -= 1;
      this.send(made, chosen);
    },
    signed(picture) {
      this.send(new File([picture], this.form.say(`${this.pad === "draw" || this.pad === "annotate" ? "drawing" : "signature"}_file`), { type: picture.type }));
    },
    isPicture: (file) => /^image\/(png|jpeg|webp|gif)$/.test(file.type || ""),
    send(file, chosen = (this.lastChosen += 1)) {
      const request = new XMLHttpRequest();
      this.uploads.push({ name: file.name, percent: 0, request: Object.freeze({ stop: () => request.abort() }) });
      const upload = this.uploads[this.uploads.length - 1];
      this.form.uploading += 1;
      request.open("POST", ADDRESS);
      request.responseType = "json";
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
      request.setRequestHeader("Accept-Language", this.form.language);
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) upload.percent = Math.floor((event.loaded / event.total) * 100);
      };
      request.onload = () => {
        const said = request.response || {};
        const taken = request.status >= 200 && request.status < 300 && said.id;
        if (taken && !this.isMeant(said.type)) this.refused.push(this.wrongKind(file.name));
        else if (taken) this.keep(said, chosen);
        else if (request.status === 413 && !said.detail) this.refused.push(this.form.say("file_refused_size", { name: file.name, size: sizeText(file.size) }));
        else this.refused.push(said.detail || this.form.say("file_failed", { name: file.name }));
      };
      request.onerror = () => this.refused.push(this.form.say("file_failed", { name: file.name }));
      request.onloadend = () => {
        this.uploads = this.uploads.filter((other) => other !== upload);
        this.form.uploading -= 1;
      };
      request.send(file);
    },
    // However long each took to arrive, files stand in the order in which they were chosen.
    keep(file, chosen) {
      this.order.set(file.id, chosen);
      const place = (one) => this.order.get(one.id) || 0;
      this.form.change(this.item, this.row, this.most > 1 ? [...this.files, file].sort((one, other) => place(one) - place(other)) : file);
    },
    remove(file) {
      const left = this.files.filter((other) => other.id !== file.id);
      this.form.change(this.item, this.row, this.most > 1 ? left : null);
      this.$nextTick(() => this.$refs.input && this.$refs.input.focus());
    },
  },
  template: `
    <div class="bf-files">
      <p v-if="!readonly" class="bf-hint" :id="id + '-limits'">{{ limits }}</p>
      <ul v-if="files.length || uploads.length" class="bf-file-list">
        <li v-for="(file, at) in files" :key="file.id || at" class="bf-file">
          <img v-if="file.id && isPicture(file)" class="bf-thumb" :src="href(file)" alt="" loading="lazy">
          <a v-if="file.id" :href="href(file)" target="_blank" rel="noopener">{{ file.name }}</a>
          <span v-else class="bf-file-name">{{ file.name }}</span>
          <span class="bf-muted">{{ sizeText(file.size) }}</span>
          <button v-if="!readonly" type="button" class="bf-link bf-danger" :aria-label="form.say('file_remove', { name: file.name })" @click="remove(file)">{{ form.say('remove') }}</button>
        </li>
        <li v-for="(upload, at) in uploads" :key="'u' + at + upload.name" class="bf-file">
          <span class="bf-file-name">{{ upload.name }}</span>
          <progress max="100" :value="upload.percent" :aria-label="form.say('uploading', upload)"></progress>
          <button type="button" class="bf-link" :aria-label="form.say('upload_stop', { name: upload.name })" @click="upload.request.stop()">{{ form.say('remove') }}</button>
        </li>
      </ul>
      <span v-else-if="readonly" class="bf-value bf-empty">—</span>
      <ul v-if="refused.length" class="bf-error" role="alert"><li v-for="text in refused">{{ text }}</li></ul>
      <bf-pad v-if="pad && !readonly && room > 0" :tall="pad !== 'signature' && pad !== '签名'" :label="form.say('pad')" @picture="signed" @drawn="form.drawn[form.pathOf(row, item.name)] = $event"></bf-pad>
      <label v-if="!readonly && room > 0" class="bf-button bf-file-button">
        <input ref="input" type="file" class="bf-file-input" :id="id" :multiple="most > 1" :accept="medium ? medium + '/*' : null"
          :capture="medium && (item.appearance || []).includes('new') ? 'environment' : null"
          :aria-describedby="[id + '-limits', described].filter(Boolean).join(' ')" @change="choose">
        <span>{{ button }}</span>
      </label>
    </div>`,
};
