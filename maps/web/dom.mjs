// Making elements without markup in strings.

export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((each) => each !== null && each !== undefined));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';
export function icon(path, box = '0 0 24 24') {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [key, value] of Object.entries({ viewBox: box, width: 20, height: 20, 'aria-hidden': 'true', focusable: 'false', class: 'icon' })) svg.setAttribute(key, value);
  const shape = document.createElementNS(SVG, 'path');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}

export const icons = {
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  gps: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v4M12 18v4M2 12h4M18 12h4',
  point: 'M12 21s-7-6.700-7-11.500a7 7 0 0 1 14 0C19 14.300 12 21 12 21zM12 7.500a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  area: 'M5 7l9-3 6 8-5 8-11-3z',
  line: 'M4 19l6-9 5 5 5-10',
  address: 'M4 11l8-7 8 7M6 9.500V20h12V9.500M10 20v-6h4v6',
  circle: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 12h8',
  parcel: 'M3.500 6.500L20 4l.500 15L5 20.500zM12 5.200l.800 14.600M4.200 13l16-1',
  building: 'M5 20V9l7-5 7 5v11zM10 20v-5h4v5M9 11h.010M15 11h.010',
  route: 'M6 20a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM18 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 18h7a3.500 3.500 0 0 0 0-7H9a3 3 0 0 1 0-6h7',
  redo: 'M15 7l5 5-5 5M20 12H10a6 6 0 0 0-6 6',
  snap: 'M6 4v7a6 6 0 0 0 12 0V4M6 4h4v7a2 2 0 0 0 4 0V4h4M6 8h4M14 8h4',
  keys: 'M3 7h18v10H3zM7 11h.010M11 11h.010M15 11h.010M8 14h8',
  city: 'M4 20V10l5-3v13M9 20V4l6 2v14M15 20v-9l5 2v7M3 20h18',
  photo: 'M4 8h4l1.500-2.500h5L16 8h4v11H4zM12 10.500a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  undo: 'M9 7L4 12l5 5M4 12h10a6 6 0 0 1 6 6',
  done: 'M5 13l4.500 4.500L19 7',
  clear: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13',
  layers: 'M12 3l9 5-9 5-9-5zM3 12.500l9 5 9-5M3 17l9 5 9-5',
  full: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
};

export const button = (text, path, attributes = {}) =>
  h('button', { type: 'button', class: 'tool', ...attributes }, path ? icon(path) : null, h('span', { class: 'tool__text' }, text));

export const iconButton = (label, path, attributes = {}) =>
  h('button', { type: 'button', class: 'mapui__button', 'aria-label': label, title: label, ...attributes }, icon(path));

export function debounce(wait_ms, work) {
  let timer = 0;
  const run = (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), wait_ms);
  };
  run.cancel = () => clearTimeout(timer);
  return run;
}

let serial = 0;
export const uniqueId = (prefix) => `${prefix}-${++serial}`;
