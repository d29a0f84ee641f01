// Files that go with an opinion or a comment: the form's own element for files, in a form of one question.
import BfFiles from "form_files";

export default {
  name: "Files",
  components: { BfFiles },
  props: { id: String, label: String, language: String, most: Number, limit: Number, kept: Array, t: Object },
  emits: ["files", "uploading"],
  provide() {
    return { form: this.form };
  },
  data() {
    const form = {
      fileLimit: this.limit,
      language: this.language,
      uploading: 0,
      files: this.kept || [],
      pass: { raw: () => this.form.files },
      say: (key, facts = {}) => Object.entries(facts).reduce((text, [name, value]) => text.replace(`{${name}}`, value), this.t[key] || ""),
      change: (_item, _row, files) => {
        this.form.files = files || [];
        this.$emit("files", this.form.files);
      },
    };
    return { form, item: { type: "file", name: "files", mostFiles: this.most } };
  },
  watch: {
    "form.uploading"(count) {
      this.$emit("uploading", count);
    },
  },
  template: `
    <div class="bf bf-part files">
      <label class="field-label" :for="id">{{ label }}</label>
      <bf-files :item="item" :row="[]" :id="id"></bf-files>
    </div>`,
};
