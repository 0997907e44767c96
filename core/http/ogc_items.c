/* OGC API - Features: the features themselves, a page of them or one. */
#include "http/internal.h"
#include "http/ogc.h"

#include <stdlib.h>

/* A page ends early where its features are large; one feature alone may be larger. */
#define PAGE_BYTES (8u << 20)
#define PAGE_BYTES_MAX (64u << 20)

struct page_of {
    struct epo_request *request;
    const struct epo_ogc_ask *ask;
    struct epo_buffer out;     /* GeoJSON */
    struct epo_json *rows;     /* HTML */
    int64_t returned, matched; /* matched: -1 not known */
    int64_t last_key;
    bool more;
    bool failed;
    struct epo_error error;
};

static struct epo_response *answer(struct page_of *page, struct epo_span etag) {
    struct epo_span body = epo_buffer_get(&page->out);
    struct epo_response *response = epo_respond(page->request, 200, "application/geo+json", body);
    response->release = free; /* the buffer's bytes go out as they are */
    response->release_arg = page->out.at;
    const char *system = epo_pool_printf(page->request->pool, "<%s>", epo_crs_uri(page->ask->crs));
    epo_ogc_open(response);
    epo_response_header(response, "content-crs", epo_span(system));
    if (etag.len > 0)
        epo_response_header(response, "etag", etag);
    return response;
}

static struct epo_response *fail(struct page_of *page) {
    if (page->error.kind == EPO_ERROR_NONE)
        epo_fail(&page->error, EPO_ERROR_TOO_LARGE, "ogc.too_large",
                 "the feature is larger than an answer may be: use the open data export");
    epo_buffer_clear(&page->out);
    return epo_ogc_refuse(page->request, &page->error);
}

/* The parameter of the next page. */
static const char *onward(const struct page_of *page, const struct epo_collection *collection) {
    struct epo_pool *pool = page->request->pool;
    if (epo_ogc_is_live(collection))
        return epo_pool_printf(pool, "offset=%lld",
                               (long long)(page->ask->query.skip + page->returned));
    return epo_pool_printf(pool, "after=%lld", (long long)page->last_key);
}

/* ---- HTML ---- */

/* What a value says to a person: words of the catalog for an owner or a state. */
static struct epo_span value_text(struct epo_request *request, struct epo_span field,
                                  const struct epo_json *value) {
    if (value->type == EPO_JSON_NULL)
        return EPO_SPAN("");
    if (value->type == EPO_JSON_BOOLEAN)
        return epo_page_text(request, value->boolean ? "ogc.yes" : "ogc.no");
    if (value->type != EPO_JSON_TEXT)
        return epo_json_print(request->pool, value);
    if (!epo_span_is(field, "owner"))
        return value->text;
    const char *key =
        epo_pool_printf(request->pool, "place.%.*s.%.*s", EPO_ARG(field), EPO_ARG(value->text));
    struct epo_span text = epo_page_text(request, key);
    return epo_span_is(text, key) ? value->text : text;
}

static struct epo_json *cells(struct epo_request *request, const struct epo_json *properties) {
    struct epo_pool *pool = request->pool;
    struct epo_json *list = epo_json_array(pool);
    for (uint32_t i = 0; i < properties->count; i++) {
        const struct epo_json *value = properties->items[i];
        struct epo_json *cell = epo_json_object(pool);
        struct epo_span name = properties->names[i];
        epo_json_set_text(pool, cell, "title",
                          epo_ogc_field_title(request, epo_pool_string(pool, name)));
        epo_json_set_text(pool, cell, "text", value_text(request, name, value));
        epo_json_push(pool, list, cell);
    }
    return list;
}

static void add_row(struct page_of *page, const struct epo_feature_row *row) {
    static const char *const LABELS[] = {"name", "number", "title"};
    struct epo_pool *pool = page->request->pool;
    struct epo_json *one = epo_json_object(pool);
    struct epo_span label = row->id->text;
    for (size_t i = 0; i < sizeof LABELS / sizeof *LABELS; i++)
        if (epo_json_get_text(row->properties, LABELS[i]).len > 0)
            label = epo_json_get_text(row->properties, LABELS[i]);
    epo_json_set_text(pool, one, "label", label);
    epo_json_set_text(pool, one, "id", row->id->text);
    epo_json_set(pool, one, "cells", cells(page->request, row->properties));
    epo_json_push(pool, page->rows, one);
}

static struct epo_json *page_model(const struct page_of *page,
                                   const struct epo_collection *collection) {
    struct epo_request *request = page->request;
    struct epo_pool *pool = request->pool;
    struct epo_json *model = epo_json_object(pool), *fields = epo_json_array(pool);
    for (size_t i = 0; i < collection->field_count; i++)
        epo_json_push(
            pool, fields,
            epo_json_text(pool, epo_ogc_field_title(request, collection->fields[i].name)));
    epo_json_set_string(pool, model, "layer", collection->name);
    epo_json_set_text(pool, model, "title", epo_ogc_title(request, collection));
    epo_json_set_text(pool, model, "page_title", epo_ogc_title(request, collection));
    epo_json_set(pool, model, "fields", fields);
    epo_json_set(pool, model, "rows", page->rows);
    epo_json_set_string(pool, model, "json_url", epo_ogc_again(request, "json", NULL));
    epo_json_set_string(pool, model, "map_url", epo_ogc_for_map(request));
    return model;
}

static struct epo_response *show_page(const struct page_of *page,
                                      const struct epo_collection *collection) {
    struct epo_pool *pool = page->request->pool;
    struct epo_json *model = page_model(page, collection);
    if (page->matched >= 0)
        epo_json_set_integer(pool, model, "matched", page->matched);
    epo_json_set_integer(pool, model, "returned", page->returned);
    if (page->more)
        epo_json_set_string(pool, model, "next_url",
                            epo_ogc_again(page->request, "html", onward(page, collection)));
    return epo_respond_page(page->request, 200, "web/ogc_items", model);
}

/* ---- a page of features ---- */

static enum epo_feature_verdict take(const struct epo_feature_row *row, void *arg) {
    struct page_of *page = arg;
    if (page->returned == page->ask->limit || page->out.len > PAGE_BYTES) {
        page->more = true;
        return EPO_FEATURE_COUNT;
    }
    if (page->ask->form == EPO_OGC_HTML) {
        add_row(page, row);
    } else {
        if (page->returned > 0)
            epo_buffer_byte(&page->out, ',');
        if (!epo_feature_write(&page->out, row, page->ask->crs, &page->error) || page->out.failed) {
            page->failed = true;
            return EPO_FEATURE_STOP;
        }
    }
    page->returned++;
    page->last_key = row->key;
    return EPO_FEATURE_NEXT;
}

static void write_tail(struct page_of *page, const struct epo_collection *collection) {
    struct epo_request *request = page->request;
    char now[EPO_TIME_SIZE];
    struct epo_json *links = epo_json_array(request->pool);
    epo_ogc_links_here(request, links, page->ask, "application/geo+json");
    epo_ogc_link(request, links, "collection", "application/json", NULL,
                 epo_pool_printf(request->pool, "%s/ogc/collections/%s?f=json",
                                 epo_ogc_base(request), collection->name));
    if (page->more)
        epo_ogc_link(request, links, "next", "application/geo+json", "ogc.link_next",
                     epo_ogc_again(request, "json", onward(page, collection)));
    epo_buffer_printf(&page->out, "],\"numberReturned\":%lld", (long long)page->returned);
    if (page->matched >= 0)
        epo_buffer_printf(&page->out, ",\"numberMatched\":%lld", (long long)page->matched);
    epo_buffer_printf(&page->out, ",\"timeStamp\":\"%s\",\"links\":",
                      epo_time_rfc3339(request->received_at_us, now));
    epo_json_write(&page->out, links);
    epo_buffer_byte(&page->out, '}');
}

static struct epo_response *read_items(struct epo_request *request,
                                       const struct epo_collection *collection,
                                       const struct epo_ogc_ask *ask, struct epo_span etag) {
    struct page_of page = {.request = request, .ask = ask, .rows = epo_json_array(request->pool)};
    epo_buffer_init(&page.out, PAGE_BYTES_MAX);
    epo_buffer_string(&page.out, "{\"type\":\"FeatureCollection\",\"features\":[");
    if (!epo_ogc_each(request, collection, ask, take, &page, &page.matched, &page.error) ||
        page.failed)
        return fail(&page);
    if (ask->form == EPO_OGC_HTML) {
        epo_buffer_clear(&page.out);
        return show_page(&page, collection);
    }
    write_tail(&page, collection);
    return page.out.failed ? fail(&page) : answer(&page, etag);
}

static bool begin(struct epo_request *request, enum epo_ogc_kind kind,
                  struct epo_collection *collection, struct epo_ogc_ask *ask, struct epo_span *etag,
                  struct epo_response **early) {
    struct epo_error error = {0};
    if (!epo_ogc_collection(request, collection, early))
        return false;
    if (!epo_ogc_read(request, kind, collection, ask, &error)) {
        *early = epo_ogc_refuse(request, &error);
        return false;
    }
    if (ask->form == EPO_OGC_NONE) {
        *early = epo_ogc_not_acceptable(request);
        return false;
    }
    return !epo_ogc_unchanged(request, collection->map_version, ask, etag, early);
}

struct epo_response *epo_ogc_items(struct epo_request *request) {
    struct epo_collection collection;
    struct epo_ogc_ask ask;
    struct epo_response *early;
    struct epo_span etag;
    if (!begin(request, EPO_OGC_ITEMS, &collection, &ask, &etag, &early))
        return early;
    return read_items(request, &collection, &ask, etag);
}

/* ---- one feature ---- */

static struct epo_response *show_item(const struct page_of *page,
                                      const struct epo_collection *collection) {
    struct epo_pool *pool = page->request->pool;
    struct epo_json *model = page_model(page, collection);
    struct epo_json *row = page->rows->items[0];
    epo_json_set(pool, model, "feature", epo_json_copy(pool, row));
    epo_json_set_string(pool, model, "page_title",
                        epo_pool_printf(pool, "%.*s – %.*s",
                                        EPO_ARG(epo_json_get_text(row, "label")),
                                        EPO_ARG(epo_ogc_title(page->request, collection))));
    return epo_respond_page(page->request, 200, "web/ogc_item", model);
}

/* The feature's own members, then its links. */
static enum epo_feature_verdict take_item(const struct epo_feature_row *row, void *arg) {
    struct page_of *page = arg;
    page->returned = 1;
    if (page->ask->form == EPO_OGC_HTML) {
        add_row(page, row);
    } else {
        page->failed = !epo_feature_write(&page->out, row, page->ask->crs, &page->error);
        if (!page->failed && page->out.len > 0)
            page->out.len--; /* its closing brace: links follow */
    }
    return EPO_FEATURE_STOP;
}

static void write_item_tail(struct page_of *page, const struct epo_collection *collection) {
    struct epo_request *request = page->request;
    struct epo_json *links = epo_json_array(request->pool);
    epo_ogc_links_here(request, links, page->ask, "application/geo+json");
    epo_ogc_link(request, links, "collection", "application/json", NULL,
                 epo_pool_printf(request->pool, "%s/ogc/collections/%s?f=json",
                                 epo_ogc_base(request), collection->name));
    epo_buffer_string(&page->out, ",\"links\":");
    epo_json_write(&page->out, links);
    epo_buffer_byte(&page->out, '}');
}

struct epo_response *epo_ogc_item(struct epo_request *request) {
    struct epo_collection collection;
    struct epo_ogc_ask ask;
    struct epo_response *early;
    struct epo_span etag;
    if (!begin(request, EPO_OGC_ITEM, &collection, &ask, &etag, &early))
        return early;
    struct page_of page = {.request = request, .ask = &ask, .rows = epo_json_array(request->pool)};
    epo_buffer_init(&page.out, PAGE_BYTES_MAX);
    ask.query.id = request->captures[1];
    if (!epo_ogc_each(request, &collection, &ask, take_item, &page, &page.matched, &page.error) ||
        page.failed)
        return fail(&page);
    if (page.returned == 0) {
        epo_fail(&page.error, EPO_ERROR_NOT_FOUND, "ogc.no_feature",
                 "there is no feature of that id in this collection");
        return fail(&page);
    }
    if (ask.form == EPO_OGC_HTML) {
        epo_buffer_clear(&page.out);
        return show_item(&page, &collection);
    }
    write_item_tail(&page, &collection);
    return page.out.failed ? fail(&page) : answer(&page, etag);
}
