// Makes the maps of a page: pickers of forms and maps to look at. The page works without any of it.
import { Picker } from './picker.mjs';
import { showCases, showPlace } from './view.mjs';

for (const box of document.querySelectorAll('[data-picker]')) new Picker(box);
for (const box of document.querySelectorAll('[data-map="place"]')) showPlace(box);
for (const box of document.querySelectorAll('[data-map="cases"]')) showCases(box);
