#include "http/finder.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/search.h"
#include "http/organizations.h"
#include "plugin/life.h"
#include "plugin/organization.h"

enum { AGENDAS_MAX = 256, STATE_BYTES_MAX = 32768 };
/* How much a word says by where it stands. */
enum { IN_NAME_OF_AGENDA = 9, IN_TITLE = 8, IN_NAME_OF_LAW = 5, IN_SUMMARY = 4, IN_TEXT = 1 };

struct found {
    const char *kind;
    struct epo_span title, summary, url;
};
struct index {
    int references; /* atomic */
    struct epo_pool *pool;
    struct epo_search *search;
    struct epo_span made_of; /* see state_of */
};
struct epo_finder {
    pthread_mutex_t lock;
    struct index *current[2]; /* Czech, English */
};

struct building {
    struct epo_request *request; /* for texts, settings and language */
    struct index *index;
    struct epo_agenda **agendas;
    size_t count;
};

static void release(struct index *index) {
    if (index == NULL || __atomic_sub_fetch(&index->references, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    epo_search_free(index->search);
    epo_pool_free(index->pool);
    free(index);
}

struct epo_finder *epo_finder_create(void) {
    struct epo_finder *finder = calloc(1, sizeof *finder);
    epo_assert(finder);
    pthread_mutex_init(&finder->lock, NULL);
    return finder;
}

void epo_finder_free(struct epo_finder *finder) {
    if (finder == NULL)
        return;
    release(finder->current[0]);
    release(finder->current[1]);
    pthread_mutex_destroy(&finder->lock);
    free(finder);
}

/* ---- what is found ---- */

/* Of two that answer as well, people want the life situation, and the regulation last. */
static int title_weight(const char *kind) {
    if (strcmp(kind, "agenda") == 0)
        return IN_NAME_OF_AGENDA;
    return strcmp(kind, "law") == 0 ? IN_NAME_OF_LAW : IN_TITLE;
}

static uint32_t add(struct building *building, const char *kind, struct epo_span title,
                    struct epo_span summary, struct epo_span url) {
    struct epo_pool *pool = building->index->pool;
    struct found *found = EPO_NEW(pool, struct found);
    *found = (struct found){kind, epo_pool_copy(pool, title), epo_pool_copy(pool, summary),
                            epo_pool_copy(pool, url)};
    uint32_t entry = epo_search_add(building->index->search, found);
    epo_search_text(building->index->search, entry, title, title_weight(kind));
    epo_search_text(building->index->search, entry, summary, IN_SUMMARY);
    return entry;
}

static void add_texts(struct building *building, uint32_t entry, const struct epo_json *list) {
    for (uint32_t i = 0; list != NULL && i < list->count; i++)
        epo_search_text(building->index->search, entry,
                        epo_json_localized(list->items[i], building->request->lang), IN_TEXT);
}

static void add_form(struct building *building, const struct epo_agenda *agenda,
                     const struct epo_form *form) {
    const char *lang = building->request->lang;
    const struct epo_json *definition = epo_form_definition(form);
    const struct epo_json *sections = epo_json_get(definition, "sections");
    struct epo_span summary = epo_json_localized(epo_json_get(definition, "summary"), lang);
    if (summary.len == 0)
        summary = epo_json_localized(epo_json_get(definition, "intro"), lang);
    uint32_t entry = add(building, "form", epo_form_title(form, lang), summary,
                         epo_span(epo_pool_printf(building->request->pool, "/agendas/%s/%s",
                                                  epo_agenda_name(agenda), epo_form_id(form))));
    epo_search_text(building->index->search, entry, epo_agenda_title(agenda, lang), IN_SUMMARY);
    for (uint32_t i = 0; sections != NULL && i < sections->count; i++)
        epo_search_text(building->index->search, entry,
                        epo_json_localized(epo_json_get(sections->items[i], "title"), lang),
                        IN_TEXT);
}

static void add_agenda(struct building *building, const struct epo_agenda *agenda) {
    const char *lang = building->request->lang;
    const struct epo_json *manifest = epo_agenda_manifest(agenda);
    const struct epo_json *situation = epo_json_get(manifest, "life_situation");
    uint32_t entry = add(
        building, "agenda", epo_agenda_title(agenda, lang),
        epo_json_localized(epo_json_get(manifest, "summary"), lang),
        epo_span(epo_pool_printf(building->request->pool, "/agendas/%s", epo_agenda_name(agenda))));
    epo_search_text(building->index->search, entry,
                    epo_json_localized(epo_json_get(manifest, "group"), lang), IN_SUMMARY);
    epo_search_text(building->index->search, entry,
                    epo_json_localized(epo_json_get(manifest, "words"), lang), IN_SUMMARY);
    for (size_t i = 0; i < epo_life_item_count; i++) {
        const struct epo_json *item = epo_json_get(situation, epo_life_items[i].id);
        add_texts(building, entry, epo_json_get(item, "paragraphs"));
        add_texts(building, entry, epo_json_get(item, "items"));
    }
    for (size_t i = 0; i < epo_agenda_form_count(agenda); i++)
        add_form(building, agenda, epo_agenda_form(agenda, i));
}

/* A regulation that several agendas name is found once, with all of them. */
static void add_laws(struct building *building, size_t at) {
    struct epo_pool *pool = building->request->pool;
    const char *lang = building->request->lang;
    const struct epo_json *laws = epo_json_get(epo_agenda_manifest(building->agendas[at]), "law");
    for (uint32_t i = 0; laws != NULL && i < laws->count; i++) {
        struct epo_span title = epo_json_localized(laws->items[i], lang), users = {"", 0};
        bool first = true;
        for (size_t k = 0; k < building->count; k++) {
            const struct epo_json *others =
                epo_json_get(epo_agenda_manifest(building->agendas[k]), "law");
            bool names = false;
            for (uint32_t m = 0; others != NULL && m < others->count; m++)
                names = names || epo_span_equal(epo_json_localized(others->items[m], lang), title);
            first = first && !(names && k < at);
            if (names)
                users = epo_span(
                    epo_pool_printf(pool, "%.*s%s%.*s", EPO_ARG(users), users.len > 0 ? ", " : "",
                                    EPO_ARG(epo_agenda_title(building->agendas[k], lang))));
        }
        if (first)
            add(building, "law", title, users, epo_json_get_text(laws->items[i], "url"));
    }
}

static void add_offices(struct building *building) {
    struct epo_request *request = building->request;
    const struct epo_json *offices = epo_json_get(epo_portal_settings(request->portal), "offices");
    for (uint32_t i = 0; offices != NULL && i < offices->count; i++) {
        const struct epo_json *office =
            epo_page_office(request, epo_json_get_text(offices->items[i], "id"));
        struct epo_span address = epo_json_get_text(office, "address"),
                        hours = epo_json_get_text(office, "hours");
        const char *both =
            epo_pool_printf(request->pool, "%.*s%s%.*s", EPO_ARG(address),
                            address.len > 0 && hours.len > 0 ? " · " : "", EPO_ARG(hours));
        add(building, "office", epo_json_get_text(office, "name"), epo_span(both),
            epo_json_get_text(office, "map_url"));
    }
}

static void add_organizations(struct building *building) {
    const struct epo_json *rows = epo_page_organizations(building->request);
    const struct epo_json *all =
        epo_organizations_of(epo_portal_settings(building->request->portal));
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t entry = add(building, "organization", epo_json_get_text(rows->items[i], "title"),
                             epo_json_get_text(rows->items[i], "summary"),
                             epo_json_get_text(rows->items[i], "url"));
        add_texts(building, entry, epo_json_get(all->items[i], "about"));
    }
}

static void add_pages(struct building *building) {
    static const char *const PAGES[][4] = {
        /* title, summary, other words that people use for it, address */
        {"home.find_title", "home.find_hint", "search.words.find", "/submissions"},
        {"home.place_title", "home.place_text", "search.words.place", "/place"},
        {"access.title", "access.lead", "search.words.access", "/accessibility"},
        {"opendata.title", "opendata.lead", "search.words.opendata", "/opendata"},
    };
    for (size_t i = 0; i < sizeof PAGES / sizeof *PAGES; i++) {
        uint32_t entry = add(building, "page", epo_page_text(building->request, PAGES[i][0]),
                             epo_page_text(building->request, PAGES[i][1]), epo_span(PAGES[i][3]));
        epo_search_text(building->index->search, entry,
                        epo_page_text(building->request, PAGES[i][2]), IN_SUMMARY);
    }
}

/* ---- the index in force ---- */

/* What an index is made of: another text means that something changed. */
static struct epo_span state_of(const struct building *building) {
    struct epo_buffer state;
    epo_buffer_init(&state, STATE_BYTES_MAX);
    epo_buffer_printf(&state, "%p", (const void *)epo_portal_settings(building->request->portal));
    for (size_t i = 0; i < building->count; i++)
        epo_buffer_printf(&state, ";%s:%d:%lld", epo_agenda_name(building->agendas[i]),
                          epo_agenda_generation(building->agendas[i]),
                          (long long)epo_agenda_loaded_at_us(building->agendas[i]));
    struct epo_span text = epo_pool_copy(building->request->pool, epo_buffer_get(&state));
    epo_buffer_clear(&state);
    return text;
}

static struct index *build(struct building *building, struct epo_span state) {
    struct index *index = calloc(1, sizeof *index);
    epo_assert(index);
    index->references = 1;
    index->pool = epo_pool_create();
    index->search = epo_search_create(building->request->lang);
    index->made_of = epo_pool_copy(index->pool, state);
    building->index = index;
    for (size_t i = 0; i < building->count; i++)
        add_agenda(building, building->agendas[i]);
    add_organizations(building);
    add_offices(building);
    for (size_t i = 0; i < building->count; i++)
        add_laws(building, i);
    add_pages(building);
    epo_search_ready(index->search);
    return index;
}

/* With a reference. Two that find it old at once both build it; one of the two stays. */
static struct index *index_of(struct epo_request *request) {
    struct epo_finder *finder = epo_page_app(request)->finder;
    struct index **slot = &finder->current[request->lang[0] == 'e'], *index, *old = NULL;
    struct building building = {.request = request};
    building.agendas = EPO_NEW_ARRAY(request->pool, struct epo_agenda *, AGENDAS_MAX);
    building.count =
        epo_registry_list(epo_page_app(request)->registry, building.agendas, AGENDAS_MAX);
    struct epo_span state = state_of(&building);
    pthread_mutex_lock(&finder->lock);
    index = *slot != NULL && epo_span_equal((*slot)->made_of, state) ? *slot : NULL;
    if (index != NULL)
        __atomic_add_fetch(&index->references, 1, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&finder->lock);
    if (index == NULL) {
        index = build(&building, state);
        index->references = 2; /* ours and the finder's */
        pthread_mutex_lock(&finder->lock);
        old = *slot;
        *slot = index;
        pthread_mutex_unlock(&finder->lock);
    }
    release(old);
    for (size_t i = 0; i < building.count; i++)
        epo_agenda_release(building.agendas[i]);
    return index;
}

struct epo_json *epo_finder_find(struct epo_request *request, struct epo_span query, size_t limit) {
    struct epo_pool *pool = request->pool;
    struct epo_json *rows = epo_json_array(pool);
    struct epo_search_hit hits[EPO_SEARCH_HITS_MAX];
    struct index *index = index_of(request);
    size_t count = epo_search_find(index->search, pool, query, hits,
                                   limit < EPO_SEARCH_HITS_MAX ? limit : EPO_SEARCH_HITS_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct found *found = hits[i].shown;
        struct epo_json *row = epo_json_object(pool);
        epo_json_set_string(pool, row, "kind", found->kind);
        epo_json_set_text(pool, row, "title", epo_pool_copy(pool, found->title));
        epo_json_set_text(pool, row, "summary", epo_pool_copy(pool, found->summary));
        epo_json_set_text(pool, row, "url", epo_pool_copy(pool, found->url));
        epo_json_push(pool, rows, row);
    }
    release(index);
    return rows;
}
