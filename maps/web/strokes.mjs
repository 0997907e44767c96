// An SVG path as absolute moves, lines and curves in one string, "M 1 2 L 3 4 C … Z": what the server's drawing
// (maps/picture_looks.c) can read without knowing SVG. Made when the assets are built.

const TURN = Math.PI / 2;

// An arc as curves of at most a quarter turn (SVG 1.1, F.6.5 and F.6.6).
function arc([x1, y1], [rx, ry, , large, sweep], [x2, y2]) {
  const dx = (x1 - x2) / 2, dy = (y1 - y2) / 2, grow = Math.max(1, Math.hypot(dx / rx, dy / ry)), a = rx * grow, b = ry * grow;
  const rest = Math.max(0, (a * b) ** 2 - (a * dy) ** 2 - (b * dx) ** 2) / ((a * dy) ** 2 + (b * dx) ** 2);
  const side = (large === sweep ? -1 : 1) * Math.sqrt(rest), ux = (side * a * dy) / b, uy = (-side * b * dx) / a;
  const cx = ux + (x1 + x2) / 2, cy = uy + (y1 + y2) / 2;
  const from = Math.atan2((dy - uy) / b, (dx - ux) / a);
  let span = Math.atan2((-dy - uy) / b, (-dx - ux) / a) - from;
  if (sweep && span < 0) span += 4 * TURN;
  if (!sweep && span > 0) span -= 4 * TURN;
  const count = Math.ceil(Math.abs(span) / TURN - 1e-9) || 1, step = span / count, reach = (4 / 3) * Math.tan(step / 4);
  return Array.from({ length: count }, (_, i) => {
    const [s, e] = [from + i * step, from + (i + 1) * step];
    return [
      cx + a * (Math.cos(s) - reach * Math.sin(s)), cy + b * (Math.sin(s) + reach * Math.cos(s)),
      cx + a * (Math.cos(e) + reach * Math.sin(e)), cy + b * (Math.sin(e) - reach * Math.cos(e)),
      cx + a * Math.cos(e), cy + b * Math.sin(e),
    ];
  });
}

const TAKES = { M: 2, L: 2, H: 1, V: 1, C: 6, S: 4, A: 7, Z: 0 };

export function strokes(path) {
  const words = path.match(/[a-zA-Z]|-?\d*\.?\d+/g), out = [];
  let at = [0, 0], start = [0, 0], knee = at, letter = 'M', i = 0;
  while (i < words.length) {
    if (/[a-zA-Z]/.test(words[i])) letter = words[i++];
    const kind = letter.toUpperCase(), given = words.slice(i, i + TAKES[kind]).map(Number), base = letter === kind ? [0, 0] : at;
    if (!(kind in TAKES) || given.length < TAKES[kind]) throw new Error(`${path}: "${letter}" is not known`);
    i += TAKES[kind];
    const end = kind === 'Z' ? start : kind === 'H' ? [given[0] + base[0], at[1]] : kind === 'V' ? [at[0], given[0] + base[1]]
      : [given.at(-2) + base[0], given.at(-1) + base[1]];
    if (kind === 'A') for (const curve of arc(at, given, end)) out.push('C', ...curve);
    else if (kind === 'C' || kind === 'S') {
      const points = given.map((value, k) => value + base[k % 2]);
      const curve = kind === 'C' ? points : [2 * at[0] - knee[0], 2 * at[1] - knee[1], ...points];
      out.push('C', ...curve);
      knee = curve.slice(2, 4);
    }
    else out.push(...(kind === 'Z' ? ['Z'] : [kind === 'M' ? 'M' : 'L', ...end]));
    if (kind === 'M') { start = end; letter = letter === 'M' ? 'L' : 'l'; }
    at = end;
    if (kind !== 'C' && kind !== 'S') knee = end;
  }
  return out.map((word) => (typeof word === 'number' ? Math.round(word * 1000) / 1000 : word)).join(' ');
}
