// Takes one file by click or drop, sends it to our own upload address, and tells the page under which name it arrived.
export default {
  props: { url: String, accept: String, limit: Number, t: Object },
  emits: ["arrived"],
  data: () => ({ over: false, busy: false, percent: 0, name: "", error: "" }),
  template: `
    <div class="dropzone" :class="{ over, busy }" @dragover.prevent="over = true" @dragleave="over = false" @drop.prevent="drop">
      <svg class="icon icon-large" viewBox="0 0 24 24" aria-hidden="true"><use :href="t.icon"></use></svg>
      <p class="dropzone-title"><label :for="inputId" class="dropzone-label">{{ t.choose }}</label> {{ t.drop }}</p>
      <p class="muted" :id="inputId + '-hint'">{{ t.hint }}</p>
      <input type="file" ref="file" class="hidden-text" :id="inputId" :accept="accept" :aria-describedby="inputId + '-hint'" :disabled="busy" @change="pick">
      <div role="status" aria-live="polite">
        <p v-if="busy" class="dropzone-state">{{ name }} · {{ percent < 100 ? percent + "%" : t.checking }}</p>
        <p v-if="error" class="dropzone-error">{{ error }}</p>
      </div>
    </div>`,
  computed: { inputId() { return "file-" + this.$.uid; } },
  methods: {
    pick(event) { this.send(event.target.files[0]); event.target.value = ""; },
    drop(event) { this.over = false; this.send(event.dataTransfer.files[0]); },
    done() { this.busy = false; },
    send(file) {
      if (!file || this.busy) return;
      this.error = "";
      if (file.size > this.limit) { this.error = this.t.large; return; }
      this.busy = true; this.percent = 0; this.name = file.name;
      const request = new XMLHttpRequest();
      request.open("POST", this.url);
      request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
      request.setRequestHeader("Content-Type", "application/octet-stream");
      request.upload.onprogress = (e) => { if (e.lengthComputable) this.percent = Math.round((100 * e.loaded) / e.total); };
      request.onerror = () => { this.busy = false; this.error = this.t.failed; };
      request.onload = () => {
        let answer = {};
        try { answer = JSON.parse(request.responseText); } catch { /* the status says enough */ }
        if (request.status === 200 && answer.id) this.$emit("arrived", answer.id);
        else { this.busy = false; this.error = answer.detail || (request.status === 413 ? this.t.refused : this.t.failed); }
      };
      request.send(file);
    },
  },
};
