// Makes the maps of a page, each when it is wanted: pickers of forms and maps to look at. The page works without any of
// it: until its map comes, a place is named as where no script runs.
import { breathe, wanted } from './when.mjs';

async function start(boxes, near, load, make) {
  await Promise.all([...boxes].map(async (box) => {
    const { element, now } = near(box);
    await wanted(element, { now });
    const parts = await load();
    await breathe();
    await make(parts, box);
  }));
}

// A place that is named already has words of the agenda to be shown, wherever it stands; so has one that was come back to.
const named = (box) => Boolean(box.dataset.geojson) || history.state?.[`place:${box.dataset.picker}`] !== undefined;
start(document.querySelectorAll('[data-picker]'), (box) => ({ element: box.closest('.place'), now: named(box) }), () => import('./picker.mjs'), ({ Picker }, box) => Picker.start(box));

// What is only looked at is drawn once it has its box: an element without a size is never near.
const look = (box) => {
  box.classList.add('mapui');
  box.hidden = false;
  return { element: box, now: false };
};
const maps = (kind) => document.querySelectorAll(`[data-map="${kind}"]`);
start(maps('place'), look, () => import('./view.mjs'), ({ showPlace }, box) => showPlace(box));
start(maps('cases'), look, () => import('./view.mjs'), ({ showCases }, box) => showCases(box));
start(maps('spot'), look, () => import('./spot.mjs'), ({ Spot }, box) => new Spot(box));
start(maps('features'), look, () => import('./features.mjs'), ({ showFeatures }, box) => showFeatures(box));
