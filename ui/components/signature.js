// A pad for a signature that belongs to a decision: what is written is sent as a picture as soon as it is taken.
import BfPad from "form_pad";

export default {
  name: "Signature",
  components: { BfPad },
  props: { label: String, language: String, t: Object },
  emits: ["signed"],
  provide() {
    return { form: { say: (key) => this.t[key] || "" } };
  },
  data: () => ({ file: null, failed: "" }),
  methods: {
    async take(picture) {
      this.failed = "";
      try {
        const headers = { "X-File-Name": encodeURIComponent(this.t.signature_file), "Accept-Language": this.language };
        const answer = await fetch("/files", { method: "POST", headers, body: new File([picture], this.t.signature_file, { type: picture.type }) });
        const said = await answer.json();
        if (!answer.ok || !said.id) throw new Error(said.detail);
        this.file = said;
        this.$emit("signed", said.id);
      } catch {
        this.failed = this.t.failed;
      }
    },
    again() {
      this.file = null;
      this.$emit("signed", "");
    },
  },
  template: `
    <div class="bf bf-part signature">
      <p class="field-label">{{ label }}</p>
      <bf-pad v-if="!file" :label="label" @picture="take"></bf-pad>
      <div v-else class="signature-taken">
        <img :src="'/files/' + encodeURIComponent(file.id)" :alt="label">
        <button type="button" class="bf-link" @click="again">{{ t.again }}</button>
      </div>
      <p v-if="failed" class="field-error" role="alert">{{ failed }}</p>
    </div>`,
};
