// Takes one file by click or drop, or a workbook with the files that it names, sends them to our own upload address, and
// tells the page under which name they arrived.
export default {
  props: { url: String, accept: String, limit: Number, several: Boolean, t: Object },
  emits: ["arrived"],
  data: () => ({ over: false, busy: false, percent: 0, name: "", error: "" }),
  template: `
    <div class="dropzone" :class="{ over, busy }" @dragover.prevent="over = true" @dragleave="over = false" @drop.prevent="drop">
      <svg class="icon icon-large" viewBox="0 0 24 24" aria-hidden="true"><use :href="t.icon"></use></svg>
      <p class="dropzone-title"><label :for="inputId" class="dropzone-label">{{ t.choose }}</label> {{ t.drop }}</p>
      <p class="muted" :id="inputId + '-hint'">{{ t.hint }}</p>
      <input type="file" ref="file" class="hidden-text" :id="inputId" :accept="accept" :multiple="several" :aria-describedby="inputId + '-hint'" :disabled="busy" @change="pick">
      <div role="status" aria-live="polite">
        <p v-if="busy" class="dropzone-state">{{ name }} · {{ percent < 100 ? percent + "%" : t.checking }}</p>
        <p v-if="error" class="dropzone-error">{{ error }}</p>
      </div>
    </div>`,
  computed: { inputId() { return "file-" + this.$.uid; } },
  methods: {
    pick(event) { this.send([...event.target.files]); event.target.value = ""; },
    drop(event) { this.over = false; this.send([...event.dataTransfer.files]); },
    done() { this.busy = false; },
    send(given) {
      const files = this.several ? given : given.slice(0, 1);
      if (!files.length || this.busy) return;
      this.error = "";
      if (files.reduce((all, file) => all + file.size, 0) > this.limit) { this.error = this.t.large; return; }
      this.busy = true; this.percent = 0; this.name = files.map((file) => file.name).join(" · ");
      const request = new XMLHttpRequest();
      const together = files.length > 1;
      request.open("POST", together ? `${this.url}/together` : this.url);
      if (!together) {
        request.setRequestHeader("X-File-Name", encodeURIComponent(files[0].name));
        request.setRequestHeader("Content-Type", "application/octet-stream");
      }
      const form = new FormData();
      for (const file of together ? files : []) form.append("file", file);
      request.upload.onprogress = (e) => { if (e.lengthComputable) this.percent = Math.round((100 * e.loaded) / e.total); };
      request.onerror = () => { this.busy = false; this.error = this.t.failed; };
      request.onload = () => {
        let answer = {};
        try { answer = JSON.parse(request.responseText); } catch { /* the status says enough */ }
        if (request.status === 200 && answer.id) this.$emit("arrived", answer.id);
        else { this.busy = false; this.error = answer.detail || (request.status === 413 ? this.t.refused : this.t.failed); }
      };
      request.send(together ? form : files[0]);
    },
  },
};
