#include "view/files.h"
#include "view/program.h"
#include "view/table.h"

#define LANGUAGES_MAX 8
#define TEXTS_BYTES_MAX (1u << 20) /* one file of texts */

struct texts { /* one key in every language; at is NULL where a language lacks it */
    struct epo_span of[LANGUAGES_MAX];
};
struct epo_catalog {
    struct epo_pool *pool;
    const struct epo_catalog *parent;
    const char *languages[LANGUAGES_MAX];
    int language_count;
    struct epo_table table; /* key -> struct texts */
};

struct epo_catalog *epo_catalog_create(void) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_catalog *catalog = EPO_NEW(pool, struct epo_catalog);
    catalog->pool = pool;
    return catalog;
}

struct epo_catalog *epo_catalog_child(const struct epo_catalog *parent) {
    struct epo_catalog *catalog = epo_catalog_create();
    catalog->parent = parent;
    return catalog;
}

void epo_catalog_free(struct epo_catalog *catalog) {
    if (catalog != NULL)
        epo_pool_free(catalog->pool);
}

static int find_language(const struct epo_catalog *catalog, const char *lang) {
    for (int i = 0; i < catalog->language_count; i++)
        if (lang != NULL && strcmp(catalog->languages[i], lang) == 0)
            return i;
    return -1;
}

struct adding {
    struct epo_catalog *catalog;
    const char *prefix;
};

static bool add_text(struct epo_catalog *catalog, int language, struct epo_span key,
                     const struct epo_json *value, const char *path, struct epo_error *error) {
    if (!epo_json_is_text(value)) {
        epo_fail(error, EPO_ERROR_BAD_INPUT, "texts.not_text", "\"%.*s\" is not a text",
                 EPO_ARG(key));
        return epo_error_at(error, "%s:%u", path, value->line);
    }
    struct texts *texts = epo_table_get(&catalog->table, key);
    if (texts == NULL) {
        texts = EPO_NEW(catalog->pool, struct texts);
        epo_table_set(catalog->pool, &catalog->table, key, texts);
    }
    texts->of[language] = epo_pool_copy(catalog->pool, value->text);
    return true;
}

static bool add_file(void *arg, const char *path, struct epo_span inner, struct epo_error *error) {
    struct adding *adding = arg;
    struct epo_catalog *catalog = adding->catalog;
    if (memchr(inner.at, '/', inner.len) != NULL)
        return true; /* texts lie in the folder itself */
    const char *lang = epo_pool_string(catalog->pool, inner);
    int language = find_language(catalog, lang);
    if (language < 0 && catalog->language_count == LANGUAGES_MAX) {
        epo_fail(error, EPO_ERROR_TOO_LARGE, "texts.languages", "more than %d languages",
                 LANGUAGES_MAX);
        return epo_error_at(error, "%s", path);
    }
    if (language < 0) {
        language = catalog->language_count++;
        catalog->languages[language] = lang;
    }
    struct epo_span source;
    if (!epo_view_file_read(catalog->pool, path, TEXTS_BYTES_MAX, &source, error))
        return false;
    struct epo_json *root = epo_json_parse(catalog->pool, source, error);
    if (root == NULL || root->type != EPO_JSON_OBJECT) {
        if (root != NULL)
            epo_fail(error, EPO_ERROR_BAD_INPUT, "texts.not_object", "texts are one object");
        char at[64];
        snprintf(at, sizeof(at), "%.60s", root == NULL && error != NULL ? error->where : "1");
        return epo_error_at(error, "%s:%s", path, at);
    }
    for (uint32_t i = 0; i < root->count; i++) {
        struct epo_span key = epo_span(
            epo_pool_printf(catalog->pool, "%s%.*s", adding->prefix, EPO_ARG(root->names[i])));
        if (!add_text(catalog, language, key, root->items[i], path, error))
            return false;
    }
    return true;
}

bool epo_catalog_add(struct epo_catalog *catalog, const char *folder, const char *prefix,
                     struct epo_error *error) {
    struct adding adding = {catalog, epo_pool_string(catalog->pool, epo_span(prefix))};
    return epo_view_files_each(folder, ".json", add_file, &adding, error);
}

static bool any_language(const struct texts *texts, struct epo_span *text) {
    for (int i = 0; i < LANGUAGES_MAX; i++)
        if (texts->of[i].at != NULL) {
            *text = texts->of[i];
            return true;
        }
    return false;
}

bool epo_catalog_find(const struct epo_catalog *catalog, const char *lang, struct epo_span key,
                      struct epo_span *text) {
    const struct texts *fallback = NULL;
    for (; catalog != NULL; catalog = catalog->parent) {
        const struct texts *texts = epo_table_get(&catalog->table, key);
        int language = find_language(catalog, lang);
        if (texts != NULL && language >= 0 && texts->of[language].at != NULL) {
            *text = texts->of[language];
            return true;
        }
        if (fallback == NULL)
            fallback = texts;
    }
    return fallback != NULL && any_language(fallback, text);
}

struct epo_span epo_catalog_text(const struct epo_catalog *catalog, const char *lang,
                                 const char *key) {
    struct epo_span text;
    return epo_catalog_find(catalog, lang, epo_span(key), &text) ? text : epo_span(key);
}

struct epo_span epo_catalog_format(const struct epo_catalog *catalog, struct epo_pool *pool,
                                   const char *lang, const char *key,
                                   const struct epo_json *values) {
    return epo_text_fill(pool, epo_catalog_text(catalog, lang, key), values);
}
