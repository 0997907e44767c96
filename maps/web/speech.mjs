// What is said of each change, for those who do not see it: in few words.
import { debounce } from './dom.mjs';
import { KINDS, complete } from './kinds.mjs';
import { sizesOf } from './sizes.mjs';
import { t } from './texts.mjs';

const SETTLE_MS = 120;

// Speaks into a live region. Of what one voice says in quick succession the last counts; voices do not drown each other.
export function voice(live) {
  const waiting = new Map();
  const speak = debounce(SETTLE_MS, () => {
    const text = [...waiting.values()].join('. ');
    live.textContent = text === live.textContent ? `${text}\u00a0` : text; // the same again is said again
    waiting.clear();
  });
  return (text, who = 'hand') => {
    waiting.set(who, text);
    speak();
  };
}

export function wordsOf(what, { place, paths, caught, label }) {
  const { feature } = place, kind = feature?.kind ?? place.kind, row = KINDS[kind], count = feature?.vertices.length ?? 0;
  const size = feature ? sizesOf(feature, paths.of(feature))[0] : null;
  const sized = (text, ...more) => [text, ...more, size].filter(Boolean).join(', ');
  const vertex = row.round ? 'centre_set' : row.most === 1 ? (kind === 'address' ? 'address_set' : 'point_set') : kind === 'route' ? 'stop_added' : 'vertex_added';
  const words = {
    add: () => sized(t(vertex, { count, label: label ?? '' }), caught && caught !== 'own' ? t(`snapped_${caught}`) : null),
    insert: () => t('vertex_added', { count }),
    move: () => sized(t('moved')),
    radius: () => sized(t('radius_set')),
    remove: () => sized(t('vertex_removed', { count })),
    close: () => sized(t(`done_${kind}`)),
    cleared: () => t('cleared'),
    undo: () => sized(t('undone'), feature ? t(`kind_${kind}_one`) : null, row.closes && !row.round && feature ? t('points', { count }) : null),
    redo: () => sized(t('redone'), feature ? t(`kind_${kind}_one`) : null),
    kind: () => t(`help_${place.kind}`),
    choose: () => sized(t('chosen', { label: label ?? '' })),
    unchoose: () => sized(t('unchosen', { label: label ?? '' })),
    select: () => (feature ? sized(t('selected', { count: place.features.filter(complete).indexOf(feature) + 1, kind: t(`kind_${kind}_one`) }), feature.description) : ''),
    hold: () => (place.held >= 0 ? t('held', { count: place.held + 1 }) : t('let_go')),
  };
  return words[what]?.() ?? '';
}
