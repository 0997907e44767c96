// Makes the maps of a page: pickers of forms and maps to look at. The page works without any of it.
import { Picker } from './picker.mjs';

for (const box of document.querySelectorAll('[data-picker]')) new Picker(box);

const places = document.querySelectorAll('[data-map="place"]'), cases = document.querySelectorAll('[data-map="cases"]');
if (places.length + cases.length > 0) {
  import('./view.mjs').then(({ showCases, showPlace }) => {
    for (const box of places) showPlace(box);
    for (const box of cases) showCases(box);
  });
}

const spots = document.querySelectorAll('[data-map="spot"]');
if (spots.length > 0) import('./spot.mjs').then(({ Spot }) => spots.forEach((box) => new Spot(box)));
const features = document.querySelectorAll('[data-map="features"]');
if (features.length > 0) import('./features.mjs').then(({ showFeatures }) => features.forEach((box) => showFeatures(box)));
