/* Everything of the city that is not letters. What each kind looks like gives strokes with an
 * order; all strokes of the picture are then drawn lowest first. The numbers that are not in the
 * tables are those of maps/web/base.mjs. */
#include <math.h>
#include <stdlib.h>

#include "maps/picture_parts.h"

enum dash { WHOLE, BORDER, TIES, TIES_NEAR, PARCEL, STREET };
struct stroke {
    const struct epo_tile_drawn *tile;
    const struct epo_mvt_feature *feature;
    struct epo_colour fill, edge;
    double width, street[2]; /* street: lengths of its dashes */
    enum dash dash;
    int order;
    size_t turn; /* keeps those of one order as they came */
};
struct strokes {
    struct stroke *list;
    size_t count, room;
    struct epo_canvas *canvas;
    const struct epo_tile_drawn *tile;
    const struct epo_mvt_feature *feature;
};

static struct stroke *add(struct strokes *all, int order, struct epo_colour edge, double width) {
    if (all->count == all->room) {
        struct stroke *more = EPO_NEW_ARRAY(all->canvas->pool, struct stroke, all->room * 2 + 256);
        if (all->count > 0)
            memcpy(more, all->list, all->count * sizeof *more);
        all->list = more;
        all->room = all->room * 2 + 256;
    }
    struct stroke *made = &all->list[all->count];
    *made = (struct stroke){.tile = all->tile,
                            .feature = all->feature,
                            .edge = edge,
                            .width = width,
                            .order = order,
                            .turn = all->count++};
    return made;
}

static struct epo_colour colour(const struct strokes *all, const char *name) {
    return epo_canvas_colour(all->canvas, epo_span(name), "");
}

/* An area without an edge of its own is stroked thinly: no light shines between neighbours. */
static void add_area(struct strokes *all, int order, struct epo_colour fill) {
    add(all, order, fill, 0.6)->fill = fill;
}

static bool is_among(const struct epo_json *words, struct epo_span word) {
    for (uint32_t i = 0; words != NULL && i < words->count; i++)
        if (epo_span_equal(words->items[i]->text, word))
            return true;
    return false;
}

static void add_ground(struct strokes *all) {
    const struct epo_json *rows = epo_json_get(all->canvas->looks->json, "GROUND");
    for (uint32_t i = 0; i < rows->count; i++) {
        const struct epo_json *kinds = epo_json_get(rows->items[i], "kinds");
        if (!epo_span_equal(epo_json_get_text(rows->items[i], "layer"), all->feature->layer))
            continue;
        struct epo_span kind = is_among(kinds, all->feature->kind)
                                   ? all->feature->kind
                                   : kinds->items[kinds->count - 1]->text;
        int order = (int)epo_json_get_integer(rows->items[i], "order", 2);
        struct epo_colour line = colour(all, "greenLine");
        add_area(all, order, epo_canvas_colour(all->canvas, kind, ""));
        if (line.alpha > 0 && all->canvas->zoom > 13 &&
            is_among(epo_json_get(all->canvas->looks->json, "GREEN"), kind))
            add(all, order, line, 1);
        return;
    }
}

static void add_city(struct strokes *all) {
    add_area(all, 1, colour(all, "ground"));
}

static void add_border(struct strokes *all) {
    bool near = all->canvas->zoom > 13;
    double width = (near ? 1.3 : 1) * (epo_span_is(all->feature->kind, "city") ? 1.4 : 1);
    add(all, 40, colour(all, "districtGlow"), near ? 6 : 4);
    add(all, 41, colour(all, "district"), width)->dash = BORDER;
}

static void add_water(struct strokes *all) {
    static const double STREAM[5] = {0.8, 1.4, 2.5, 4, 8}, RIVER[5] = {1.5, 3, 6, 12, 24};
    const double *widths = epo_span_is(all->feature->kind, "stream") ? STREAM : RIVER;
    if (all->feature->type == EPO_MVT_LINE)
        add(all, 4, colour(all, "water"),
            epo_looks_width(all->canvas->looks, widths, all->canvas->zoom));
    else
        add(all, 4, colour(all, "waterLine"), 1)->fill = colour(all, "water");
}

static void add_space(struct strokes *all) {
    if (all->canvas->zoom < epo_looks_from(all->canvas->looks, "space"))
        return;
    if (epo_span_is(all->feature->kind, "green"))
        add_area(all, 5, colour(all, "park"));
    else
        add(all, 5, colour(all, all->canvas->zoom > 16 ? "spaceEdge" : "space"), 0.6)->fill =
            colour(all, "space");
}

static void add_parcel(struct strokes *all) {
    bool near = all->canvas->zoom > 18;
    if (all->canvas->zoom >= epo_looks_from(all->canvas->looks, "parcel"))
        add(all, 22, colour(all, "parcel"), near ? 1 : 0.7)->dash = near ? WHOLE : PARCEL;
}

static void add_building(struct strokes *all) {
    const struct epo_looks *looks = all->canvas->looks;
    struct epo_span kind = all->feature->kind;
    const struct epo_json *row = epo_json_get_span(epo_json_get(looks->json, "BUILDINGS"), kind);
    struct epo_span look = row != NULL ? row->text : EPO_SPAN("building");
    bool edged = all->canvas->zoom > epo_looks_from(looks, "buildingEdge");
    if (all->canvas->zoom < epo_looks_from(looks, epo_span_is(kind, "yard") ? "yard" : "building"))
        return;
    add(all, 23, epo_canvas_colour(all->canvas, look, edged ? "Edge" : ""), 0.8)->fill =
        epo_canvas_colour(all->canvas, look, "");
}

/* A line with an edge on both sides, or one line where it is thin. All edges lie below all
 * carriageways, so that crossings are open. */
static void add_street(struct strokes *all) {
    const struct epo_looks *looks = all->canvas->looks;
    const struct epo_street_look *row = epo_looks_street(looks, all->feature->kind);
    struct epo_span name = epo_span(row->name);
    struct epo_colour whole = epo_canvas_colour(all->canvas, name, "");
    double width = epo_looks_width(looks, row->widths, all->canvas->zoom);
    if (all->canvas->zoom < row->from || width <= 0)
        return;
    if (row->dash[0] > 0) {
        struct stroke *made = add(all, row->order, whole, width);
        made->dash = STREET;
        made->street[0] = row->dash[0], made->street[1] = row->dash[1];
        return;
    }
    struct epo_colour edge = epo_canvas_colour(all->canvas, name, "Edge");
    if (width <= looks->cased_from) {
        struct epo_colour thin = epo_canvas_colour(all->canvas, name, "Thin");
        add(all, row->order, thin.alpha > 0 ? thin : edge, width);
        return;
    }
    add(all, row->order - 14, edge, width + looks->casing);
    add(all, row->order, whole, width);
}

static void add_rail(struct strokes *all) {
    struct epo_span kind = all->feature->kind;
    int zoom = all->canvas->zoom;
    if (epo_span_is(kind, "tram")) {
        add(all, 33, colour(all, "tram"), zoom > 16 ? 1.5 : 0.9);
        return;
    }
    bool yard = epo_span_is(kind, "station"), wide = zoom > 14 && !yard;
    add(all, 36, colour(all, "rail"), wide ? 3 : yard ? 0.9 : 1.5);
    if (!yard)
        add(all, 37, colour(all, "railTie"), wide ? 1.6 : 0.7)->dash = wide ? TIES_NEAR : TIES;
}

/* A layer of the tiles is a row here; others are not drawn. */
static const struct {
    const char *layer;
    void (*add)(struct strokes *all);
} ROWS[] = {
    {"city", add_city},         {"landuse", add_ground},     {"park", add_ground},
    {"water", add_water},       {"public_space", add_space}, {"parcel", add_parcel},
    {"building", add_building}, {"street", add_street},      {"rail", add_rail},
    {"border", add_border},
};

/* Large features of an enlarged tile lie mostly beside the picture. */
static bool is_seen(const struct epo_canvas *canvas, const struct epo_tile_drawn *tile,
                    const struct epo_mvt_feature *feature) {
    enum { MARGIN = 40 }; /* pixels: half of the widest street */
    double left = HUGE_VAL, top = HUGE_VAL, right = -HUGE_VAL, bottom = -HUGE_VAL;
    for (uint32_t i = 0; i < feature->end[feature->parts - 1]; i++) {
        struct epo_point at = epo_tile_at(tile, feature, i);
        left = fmin(left, at.x), right = fmax(right, at.x);
        top = fmin(top, at.y), bottom = fmax(bottom, at.y);
    }
    return right > -MARGIN && bottom > -MARGIN && left < canvas->width + MARGIN &&
           top < canvas->height + MARGIN;
}

static void trace(cairo_t *cr, const struct stroke *stroke) {
    const struct epo_mvt_feature *feature = stroke->feature;
    cairo_new_path(cr);
    for (uint32_t part = 0, i = 0; part < feature->parts; part++) {
        cairo_new_sub_path(cr);
        for (; i < feature->end[part]; i++) {
            struct epo_point at = epo_tile_at(stroke->tile, feature, i);
            cairo_line_to(cr, at.x, at.y);
        }
        if (feature->type == EPO_MVT_AREA)
            cairo_close_path(cr);
    }
}

static void set_dash(cairo_t *cr, const struct stroke *stroke) {
    static const struct {
        double lengths[4];
        int count;
    } DASHES[] = {[BORDER] = {{8, 4, 2, 4}, 4},
                  [TIES] = {{6, 6}, 2},
                  [TIES_NEAR] = {{9, 9}, 2},
                  [PARCEL] = {{5, 3}, 2}};
    if (stroke->dash == STREET)
        cairo_set_dash(cr, stroke->street, 2, 0);
    else
        cairo_set_dash(cr, DASHES[stroke->dash].lengths, DASHES[stroke->dash].count, 0);
    cairo_set_line_cap(cr, stroke->dash == WHOLE ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
}

static void draw(const struct epo_canvas *canvas, const struct stroke *stroke) {
    trace(canvas->cr, stroke);
    if (stroke->fill.alpha > 0 && stroke->feature->type == EPO_MVT_AREA) {
        epo_canvas_set(canvas, stroke->fill);
        cairo_fill_preserve(canvas->cr);
    }
    if (stroke->edge.alpha > 0 && stroke->width > 0) {
        set_dash(canvas->cr, stroke);
        cairo_set_line_width(canvas->cr, stroke->width);
        epo_canvas_set(canvas, stroke->edge);
        cairo_stroke(canvas->cr);
    }
}

static int by_order(const void *one, const void *other) {
    const struct stroke *a = one, *b = other;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    if (a->tile != b->tile)
        return a->tile < b->tile ? -1 : 1;
    return a->turn < b->turn ? -1 : a->turn > b->turn;
}

static void collect(struct strokes *all) {
    for (size_t t = 0; t < all->canvas->tile_count; t++) {
        all->tile = &all->canvas->tiles[t];
        for (size_t i = 0; i < all->tile->mvt.count; i++) {
            all->feature = &all->tile->mvt.features[i];
            for (size_t row = 0; row < sizeof ROWS / sizeof *ROWS; row++)
                if (epo_span_is(all->feature->layer, ROWS[row].layer) &&
                    all->feature->type != EPO_MVT_POINT &&
                    is_seen(all->canvas, all->tile, all->feature))
                    ROWS[row].add(all);
        }
    }
}

void epo_picture_layers(struct epo_canvas *canvas) {
    struct strokes all = {.canvas = canvas};
    cairo_t *cr = canvas->cr;
    epo_canvas_set(canvas, colour(&all, "outside"));
    cairo_paint(cr);
    collect(&all);
    if (all.count > 0)
        qsort(all.list, all.count, sizeof *all.list, by_order);
    cairo_save(cr);
    cairo_set_fill_rule(cr, CAIRO_FILL_RULE_EVEN_ODD);
    cairo_set_line_join(cr, CAIRO_LINE_JOIN_ROUND);
    const struct epo_tile_drawn *clipped = NULL;
    for (size_t i = 0; i < all.count; i++) {
        if (all.list[i].tile != clipped) { /* tiles hold a little of their neighbours */
            clipped = all.list[i].tile;
            cairo_reset_clip(cr);
            cairo_rectangle(cr, clipped->left, clipped->top, clipped->size, clipped->size);
            cairo_clip(cr);
        }
        draw(canvas, &all.list[i]);
    }
    cairo_restore(cr);
}
