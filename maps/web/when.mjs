// When a map is worth starting, and how: not before it comes near, not while the page has other work, and in pieces, so
// that who types or scrolls meanwhile is not held up.
const NEAR = '50% 0px', IDLE_MS = 800; // of the height of the screen; idle at the latest then

const idle = () => new Promise((done) => {
  if (window.requestIdleCallback) requestIdleCallback(() => done(), { timeout: IDLE_MS });
  else setTimeout(done, 1);
});

/** Lets the browser answer a hand or paint before the next piece of work. */
export function breathe() {
  if (window.scheduler?.yield) return window.scheduler.yield();
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });
}

/** Done once the page has loaded and rests and the element is near, or at once where it is pointed at or gets the focus. */
export function wanted(element, { now = false } = {}) {
  return new Promise((done) => {
    const begin = ['focusin', 'pointerdown', 'pointerenter'], rested = () => loaded().then(idle).then(done);
    const near = new IntersectionObserver((seen) => {
      if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
      near.disconnect();
      rested();
    }, { rootMargin: NEAR });
    for (const each of begin) element.addEventListener(each, () => { near.disconnect(); done(); }, { once: true, passive: true });
    if (now) rested();
    else near.observe(element);
  });
}

const loaded = () => new Promise((done) => {
  if (document.readyState === 'complete') done();
  else addEventListener('load', () => done(), { once: true });
});
