// The way along the streets between the spots of a route, as the server finds it. Kept by the spots, so that a late
// answer can never be drawn for other spots, and a step back needs no new one.
import { enough, lonLat } from './kinds.mjs';
import { lang } from './texts.mjs';

const via = ({ vertices }) => vertices.map((at) => lonLat(at).join(',')).join(';');

export class Paths {
  // changed(): a path has come or failed.
  constructor(changed) {
    this.changed = changed;
    this.kept = new Map(); // by spots: {path} or {failed} or {} while it is asked for
  }

  // {geometry, length_m, streets} or null.
  of(feature) { return feature.kind === 'route' ? this.kept.get(via(feature))?.path ?? null : null; }
  failed(feature) { return feature.kind === 'route' && Boolean(this.kept.get(via(feature))?.failed); }

  async ask(feature) {
    if (feature?.kind !== 'route' || !enough(feature)) return;
    const spots = via(feature);
    if (this.kept.has(spots)) return;
    this.kept.set(spots, {});
    try {
      const answer = await fetch(`/api/v1/route?${new URLSearchParams({ via: spots, lang })}`, { headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.kept.set(spots, { path: await answer.json() });
    } catch {
      this.kept.set(spots, { failed: true });
    }
    this.changed();
  }
}
