/* Names and numbers. All that could stand in the picture is gathered, put in order of importance,
 * and each takes its room if it is still free. */
#include <math.h>
#include <stdlib.h>

#include "maps/picture_parts.h"

enum { NAME_GAP = 420, STEP = 48, BOXES_MAX = 4096, RANK_LEAST = 5 };

struct label {
    struct epo_span text, colour, symbol; /* text may be empty: the symbol alone */
    double size;
    bool bold, italic, wraps;
    int order;
    struct epo_point at;
    const struct epo_point *line; /* of a street; NULL: stands at a point */
    size_t line_count;
    size_t turn;
};
struct labels {
    struct epo_canvas *canvas;
    struct label *list;
    size_t count, room;
    struct epo_rect *boxes;
    size_t box_count;
    struct placed { /* names along streets, not to be said again nearby */
        struct epo_span text;
        struct epo_point at;
    } * placed;
    size_t placed_count;
};

static struct label *add(struct labels *all, struct epo_span text, int order, double size,
                         struct epo_span colour) {
    if (all->count == all->room) {
        struct label *more = EPO_NEW_ARRAY(all->canvas->pool, struct label, all->room * 2 + 128);
        if (all->count > 0)
            memcpy(more, all->list, all->count * sizeof *more);
        all->list = more;
        all->room = all->room * 2 + 128;
    }
    struct label *made = &all->list[all->count];
    *made = (struct label){
        .text = text, .order = order, .size = size, .colour = colour, .turn = all->count++};
    return made;
}

/* ---- what there is ---- */

static void add_place(struct labels *all, const struct epo_mvt_feature *feature,
                      struct epo_point at) {
    const struct epo_looks *looks = all->canvas->looks;
    int zoom = all->canvas->zoom;
    const struct epo_label_look *row = NULL;
    for (size_t i = 0; i < looks->label_count; i++)
        if (epo_span_equal(looks->labels[i].name, feature->kind) ||
            (row == NULL && epo_span_is(looks->labels[i].name, "quarter")))
            row = &looks->labels[i];
    if (row == NULL)
        return;
    bool minor = feature->rank > 3 &&
                 (epo_span_is(feature->kind, "park") || epo_span_is(feature->kind, "river"));
    if (zoom < row->from + (minor ? 1 : 0) || zoom > row->to)
        return;
    struct label *made =
        add(all, feature->name, row->order, row->size + (zoom > 13 ? 1 : 0), row->colour);
    made->bold = row->bold, made->italic = row->italic;
    made->symbol = row->symbol;
    made->at = at;
}

static double by_rank(const struct epo_looks *looks, const char *what, int rank) {
    char name[4];
    snprintf(name, sizeof name, "%d", rank);
    const struct epo_json *from = epo_json_get(epo_json_get(looks->json, what), name);
    return from != NULL ? epo_json_number(from) : 100;
}

static void add_landmark(struct labels *all, const struct epo_mvt_feature *feature,
                         struct epo_point at) {
    const struct epo_looks *looks = all->canvas->looks;
    int zoom = all->canvas->zoom;
    int rank = feature->rank >= 1 && feature->rank <= RANK_LEAST ? feature->rank : RANK_LEAST;
    const struct epo_json *group =
        epo_json_get_span(epo_json_get(looks->json, "LANDMARKS"), feature->kind);
    if (zoom < by_rank(looks, "LANDMARK_FROM", rank))
        return;
    bool named = zoom >= by_rank(looks, "LANDMARK_NAME_FROM", rank);
    struct label *made = add(all, named ? feature->name : (struct epo_span){0}, 76 - rank, 11.5,
                             group != NULL ? group->text : EPO_SPAN("public_service"));
    made->bold = made->wraps = true;
    made->symbol = feature->kind.len > 0 ? feature->kind : EPO_SPAN("dot");
    made->at = at;
}

static void add_number(struct labels *all, const struct epo_mvt_feature *feature,
                       struct epo_point at) {
    bool parcel = epo_span_is(feature->layer, "parcel_label");
    if (all->canvas->zoom < epo_looks_from(all->canvas->looks, parcel ? "parcelNumber" : "number"))
        return;
    add(all, feature->number, parcel ? 49 : 50, parcel ? 10 : 11,
        parcel ? EPO_SPAN("parcelText") : EPO_SPAN("number"))
        ->at = at;
}

static void add_street(struct labels *all, const struct epo_tile_drawn *tile,
                       const struct epo_mvt_feature *feature) {
    const struct epo_street_look *row = epo_looks_street(all->canvas->looks, feature->kind);
    int zoom = all->canvas->zoom;
    if (feature->name.len == 0 || zoom < row->named)
        return;
    for (uint32_t part = 0, from = 0; part < feature->parts; from = feature->end[part++]) {
        size_t count = feature->end[part] - from;
        struct epo_point *line = EPO_NEW_ARRAY(all->canvas->pool, struct epo_point, count);
        for (size_t i = 0; i < count; i++)
            line[i] = epo_tile_at(tile, feature, from + (uint32_t)i);
        struct label *made = add(all, feature->name, 35 + row->order,
                                 zoom > 17   ? 13
                                 : zoom > 16 ? 12.5
                                             : 11.5,
                                 EPO_SPAN("text"));
        made->line = line;
        made->line_count = count;
    }
}

static void collect(struct labels *all) {
    for (size_t t = 0; t < all->canvas->tile_count; t++) {
        const struct epo_tile_drawn *tile = &all->canvas->tiles[t];
        for (size_t i = 0; i < tile->mvt.count; i++) {
            const struct epo_mvt_feature *feature = &tile->mvt.features[i];
            struct epo_point at = epo_tile_at(tile, feature, 0);
            bool here = feature->type == EPO_MVT_POINT && at.x >= tile->left && at.y >= tile->top &&
                        at.x < tile->left + tile->size && at.y < tile->top + tile->size;
            if (feature->type == EPO_MVT_LINE && epo_span_is(feature->layer, "street"))
                add_street(all, tile, feature);
            else if (here && (epo_span_is(feature->layer, "place_label") ||
                              epo_span_is(feature->layer, "nature_label")))
                add_place(all, feature, at);
            else if (here && epo_span_is(feature->layer, "landmark"))
                add_landmark(all, feature, at);
            else if (here && (epo_span_is(feature->layer, "address") ||
                              epo_span_is(feature->layer, "parcel_label")))
                add_number(all, feature, at);
        }
    }
}

/* ---- where there is room ---- */

static bool overlap(const struct epo_rect *one, const struct epo_rect *other) {
    return one->left < other->right && other->left < one->right && one->top < other->bottom &&
           other->top < one->bottom;
}

static bool is_free(const struct labels *all, const struct epo_rect *box) {
    if (box->left < 2 || box->top < 2 || box->right > all->canvas->width - 2 ||
        box->bottom > all->canvas->height - 2)
        return false;
    for (size_t i = 0; i < all->box_count; i++)
        if (overlap(&all->boxes[i], box))
            return false;
    return true;
}

static void take(struct labels *all, struct epo_rect box, double margin) {
    if (all->box_count < BOXES_MAX)
        all->boxes[all->box_count++] = (struct epo_rect){box.left - margin, box.top - margin,
                                                         box.right + margin, box.bottom + margin};
}

/* "M 1 2 L 3 4 C … Z" on a grid of 24 (maps/web/strokes.mjs). */
static void trace_symbol(cairo_t *cr, struct epo_span path) {
    struct epo_span rest = path;
    while (rest.len > 0) {
        struct epo_span word = epo_span_cut(rest, ' ', &rest);
        double n[6];
        int wanted = epo_span_is(word, "C") ? 6 : epo_span_is(word, "Z") ? 0 : 2;
        for (int i = 0; i < wanted; i++)
            if (!epo_span_real(epo_span_cut(rest, ' ', &rest), &n[i]))
                return;
        if (epo_span_is(word, "M"))
            cairo_move_to(cr, n[0], n[1]);
        else if (epo_span_is(word, "L"))
            cairo_line_to(cr, n[0], n[1]);
        else if (wanted == 6)
            cairo_curve_to(cr, n[0], n[1], n[2], n[3], n[4], n[5]);
        else
            cairo_close_path(cr);
    }
}

static void draw_symbol(const struct epo_canvas *canvas, const struct label *label, double across) {
    cairo_t *cr = canvas->cr;
    const struct epo_json *symbols = epo_json_get(canvas->looks->json, "symbols");
    const struct epo_json *shape = epo_json_get_span(symbols, label->symbol);
    if (shape == NULL)
        shape = epo_json_get(symbols, "dot");
    cairo_save(cr);
    cairo_translate(cr, label->at.x - across / 2, label->at.y - across / 2);
    cairo_scale(cr, across / 44, across / 44);
    cairo_new_path(cr);
    cairo_arc(cr, 22, 22, 20, 0, 2 * M_PI);
    epo_canvas_set(canvas, epo_canvas_colour(canvas, label->colour, ""));
    cairo_fill_preserve(cr);
    epo_canvas_set(canvas, epo_canvas_colour(canvas, EPO_SPAN("symbolEdge"), ""));
    cairo_set_line_width(cr, 3);
    cairo_stroke(cr);
    cairo_translate(cr, 9.4, 9.4);
    cairo_scale(cr, 1.05, 1.05);
    cairo_set_fill_rule(cr, CAIRO_FILL_RULE_EVEN_ODD);
    if (shape != NULL)
        trace_symbol(cr, shape->text);
    cairo_fill(cr);
    cairo_restore(cr);
}

static void place_at_point(struct labels *all, const struct label *label,
                           const struct epo_letters *letters) {
    const struct epo_canvas *canvas = all->canvas;
    double across = label->symbol.len > 0 ? (canvas->zoom > 16 ? 22 : 18) : 0;
    struct epo_rect symbol = {label->at.x - across / 2, label->at.y - across / 2,
                              label->at.x + across / 2, label->at.y + across / 2};
    if (across > 0) {
        if (!is_free(all, &symbol))
            return;
        draw_symbol(canvas, label, across);
        take(all, symbol, 1);
    }
    if (label->text.len == 0)
        return;
    struct epo_rect box = epo_text_box(letters, label->text, label->at.x, label->at.y);
    double down = across > 0 ? across / 2 + 3 + (box.bottom - box.top) / 2 : 0;
    box.top += down, box.bottom += down;
    if (!is_free(all, &box))
        return;
    epo_text_draw(canvas, letters, label->text, label->at.x, label->at.y + down);
    take(all, box, 5);
}

static bool is_said_nearby(const struct labels *all, struct epo_span text, struct epo_point at) {
    for (size_t i = 0; i < all->placed_count; i++)
        if (epo_span_equal(all->placed[i].text, text) &&
            hypot(all->placed[i].at.x - at.x, all->placed[i].at.y - at.y) < NAME_GAP)
            return true;
    return false;
}

static bool try_along(struct labels *all, const struct label *label,
                      const struct epo_letters *letters, double middle) {
    struct epo_text_glyph glyphs[EPO_TEXT_GLYPHS_MAX];
    double half = letters->size * 0.55;
    int count =
        epo_text_along(letters, label->text, label->line, label->line_count, middle, glyphs);
    bool fits = count > 0;
    for (int i = 0; fits && i < count; i++) {
        struct epo_rect box = {glyphs[i].x - half, glyphs[i].y - half - half, glyphs[i].x + half,
                               glyphs[i].y};
        fits = is_free(all, &box);
    }
    struct epo_point at =
        fits ? (struct epo_point){glyphs[count / 2].x, glyphs[count / 2].y} : (struct epo_point){0};
    if (!fits || is_said_nearby(all, label->text, at))
        return false;
    epo_text_draw_along(all->canvas, letters, glyphs, count);
    for (int i = 0; i < count; i++)
        take(all,
             (struct epo_rect){glyphs[i].x - half, glyphs[i].y - half - half, glyphs[i].x + half,
                               glyphs[i].y},
             2);
    if (all->placed_count < BOXES_MAX)
        all->placed[all->placed_count++] = (struct placed){label->text, at};
    return true;
}

/* From the middle outwards; a long street is named again after a while. */
static void place_along(struct labels *all, const struct label *label,
                        const struct epo_letters *letters) {
    double total = 0, width = epo_text_width(letters, label->text);
    for (size_t i = 1; i < label->line_count; i++)
        total +=
            hypot(label->line[i].x - label->line[i - 1].x, label->line[i].y - label->line[i - 1].y);
    double spare = total - width;
    for (double away = 0; away <= spare / 2; away += STEP) {
        try_along(all, label, letters, total / 2 + away);
        if (away > 0)
            try_along(all, label, letters, total / 2 - away);
    }
}

static int more_important(const void *one, const void *other) {
    const struct label *a = one, *b = other;
    if (a->order != b->order)
        return a->order > b->order ? -1 : 1;
    return a->turn < b->turn ? -1 : a->turn > b->turn;
}

static bool same_letters(const struct label *one, const struct label *other) {
    return one->size == other->size && one->bold == other->bold && one->italic == other->italic &&
           one->wraps == other->wraps && epo_span_equal(one->colour, other->colour);
}

void epo_picture_labels(struct epo_canvas *canvas, const struct epo_rect *kept, size_t kept_count) {
    struct labels all = {.canvas = canvas};
    struct epo_letters letters = {0};
    all.boxes = EPO_NEW_ARRAY(canvas->pool, struct epo_rect, BOXES_MAX);
    all.placed = EPO_NEW_ARRAY(canvas->pool, struct placed, BOXES_MAX);
    for (size_t i = 0; i < kept_count; i++)
        take(&all, kept[i], 0);
    collect(&all);
    if (all.count > 0)
        qsort(all.list, all.count, sizeof *all.list, more_important);
    for (size_t i = 0; i < all.count; i++) {
        const struct label *label = &all.list[i];
        if (i == 0 || !same_letters(label, &all.list[i - 1])) {
            if (letters.font != NULL)
                epo_letters_end(&letters);
            letters =
                epo_letters_begin(canvas, label->size, label->bold, label->italic, label->colour);
            letters.one_line = !label->wraps;
        }
        if (label->line != NULL)
            place_along(&all, label, &letters);
        else
            place_at_point(&all, label, &letters);
    }
    if (letters.font != NULL)
        epo_letters_end(&letters);
}
