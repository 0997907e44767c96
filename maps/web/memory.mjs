// After a reload or a step back the place stands where it was left: kept with this entry of the history, since
// browsers bring back only inputs that came with the page.
import { debounce } from './dom.mjs';

// What stands in a data attribute or an input as JSON; null where it is none.
export const object = (text) => {
  try {
    const value = JSON.parse(text);
    return value !== null && typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
};

const WAIT_MS = 250; // browsers refuse to write with every letter

export class Memory {
  constructor(name) {
    this.name = `place:${name}`;
    this.soon = debounce(WAIT_MS, () => this.write());
    addEventListener('pagehide', () => this.write());
  }

  get kept() { return history.state?.[this.name]; }

  keep(value) {
    this.waiting = value;
    this.soon();
  }

  write(value = this.waiting) {
    if (value === undefined) return;
    this.soon.cancel();
    try {
      history.replaceState({ ...history.state, [this.name]: value }, '');
    } catch { /* too much or too often: the form still has its value */ }
    this.waiting = undefined;
  }
}
