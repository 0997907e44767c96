// When a map is worth starting, and how: not before a hand is on the page and the map comes near (until then the server's
// picture or the plain field stands there: starting a map costs a slow phone a second), not while the page has other
// work, and in pieces, so that who types or scrolls meanwhile is not held up.
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

// A hand, or whatever steers in place of one, anywhere on the page.
const SIGNS = ['pointermove', 'pointerdown', 'touchstart', 'keydown', 'wheel', 'scroll', 'focusin'];
const touched = new Promise((done) => {
  for (const sign of SIGNS) addEventListener(sign, () => done(), { once: true, passive: true, capture: true });
});

const loaded = new Promise((done) => {
  if (document.readyState === 'complete') done();
  else addEventListener('load', () => done(), { once: true });
});

const nearTo = (element) => new Promise((done) => {
  const near = new IntersectionObserver((seen) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    near.disconnect();
    done();
  }, { rootMargin: NEAR });
  near.observe(element);
});

/** Done once the page is in use, has loaded and rests and the element is near (now: wherever it is), or at once where it is pointed at or gets the focus. */
export function wanted(element, { now = false } = {}) {
  const begun = new Promise((done) => {
    for (const begin of ['focusin', 'pointerdown', 'pointerenter']) element.addEventListener(begin, () => done(), { once: true, passive: true });
  });
  return Promise.race([begun, Promise.all([touched, loaded, !now && nearTo(element)]).then(idle)]);
}
