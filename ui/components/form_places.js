// The pages of a form in the browser's history: Back goes to the page before, and from the first to where one came from.
export class Places {
  constructor(onStep) {
    this.onStep = onStep;
    this.step = 0;
    this.popped = (event) => this.back(event.state);
  }

  start(step) {
    this.step = step;
    const known = history.state || {};
    history.replaceState({ ...known, bfStep: step, bfDepth: known.bfDepth || 0 }, "");
    window.addEventListener("popstate", this.popped);
  }

  // A page was opened otherwise: one further on is another entry, one before takes the place of this.
  arrived(step) {
    if (step === this.step) return;
    const [further, known] = [step > this.step, history.state || {}];
    this.step = step;
    if (further) history.pushState({ ...known, bfStep: step, bfDepth: (known.bfDepth || 0) + 1 }, "");
    else history.replaceState({ ...known, bfStep: step }, "");
  }

  back(state) {
    const step = (state || {}).bfStep;
    if (step === undefined) return;
    if (step === this.step) {
      if (state.bfDepth) history.back(); // two entries of one page are one for people
      return;
    }
    this.step = step;
    this.onStep(step);
  }

  stop() {
    window.removeEventListener("popstate", this.popped);
  }

  // The form was sent: its pages are left behind, so that Back leads out.
  leave() {
    this.stop();
    const depth = (history.state || {}).bfDepth;
    if (depth) history.go(-depth);
  }
}
