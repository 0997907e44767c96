#include "maps/import_bind.h"
#include "maps/gdal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

static const char *folded(struct epo_pool *pool, const char *text) {
    struct epo_span name = epo_text_fold(pool, epo_span(text));
    char *out = epo_pool_string(pool, name);
    for (char *at = out; *at != '\0'; at++)
        if (*at == ' ')
            *at = '_';
    return out;
}

const char *const *epo_column_names(struct epo_pool *pool, OGRFeatureDefnH columns,
                                    const char *encoding) {
    int count = gdal.OGR_FD_GetFieldCount(columns);
    const char **names = EPO_NEW_ARRAY(pool, const char *, (size_t)count + 1);
    for (int i = 0; i < count; i++) {
        const char *name = gdal.OGR_Fld_GetNameRef(gdal.OGR_FD_GetFieldDefn(columns, i));
        const char *text = epo_text_decode(pool, epo_span(name), encoding);
        names[i] = folded(pool, text != NULL ? text : "");
    }
    return names;
}

int epo_column_find(const char *const *names, const char *wanted) {
    for (int i = 0; names[i] != NULL; i++)
        if (strcasecmp(names[i], wanted) == 0)
            return i;
    return -1;
}

static void bind_field(struct epo_bound *bound, struct epo_pool *pool,
                       const struct epo_plan_origin *origin, const char *const *names) {
    bound->origin = origin;
    for (int i = 0; origin->columns[i] != NULL && bound->count < EPO_BOUND_COLUMNS_MAX; i++) {
        int column = epo_column_find(names, folded(pool, origin->columns[i]));
        if (column >= 0)
            bound->columns[bound->count++] = column;
    }
}

void epo_bind(struct epo_binding *binding, struct epo_pool *pool, const struct epo_plan *plan,
              const struct epo_layer_plan *layer, const struct epo_plan_source *from,
              const char *const *names) {
    *binding = (struct epo_binding){.plan = layer, .from = from};
    for (int f = 0; f < EPO_PLAN_FIELDS; f++) {
        const struct epo_plan_origin *origin = NULL;
        if (from != NULL && from->fields[f].columns != NULL)
            origin = &from->fields[f];
        else if (layer->fields[f].columns != NULL)
            origin = &layer->fields[f];
        else if (plan->fields[f].columns != NULL)
            origin = &plan->fields[f];
        if (origin != NULL)
            bind_field(&binding->fields[f], pool, origin, names);
    }
    binding->properties = EPO_NEW_ARRAY(pool, struct epo_bound, layer->property_count + 1);
    for (size_t i = 0; i < layer->property_count; i++)
        bind_field(&binding->properties[i], pool, &layer->properties[i].origin, names);
    size_t conditions = from == NULL ? 0 : from->where_count;
    binding->where = EPO_NEW_ARRAY(pool, int, conditions + 1);
    for (size_t i = 0; i < conditions; i++)
        binding->where[i] = epo_column_find(names, folded(pool, from->where[i].column));
}

static const char *text_at(OGRFeatureH feature, int column) {
    return column >= 0 && gdal.OGR_F_IsFieldSetAndNotNull(feature, column)
               ? gdal.OGR_F_GetFieldAsString(feature, column)
               : "";
}

bool epo_bound_meant(const struct epo_binding *binding, OGRFeatureH feature) {
    for (size_t i = 0; binding->from != NULL && i < binding->from->where_count; i++) {
        const struct epo_plan_condition *condition = &binding->from->where[i];
        const char *text = text_at(feature, binding->where[i]);
        bool met = (text[0] != '\0') == condition->present;
        if (condition->any != NULL) {
            met = false;
            for (int k = 0; condition->any[k] != NULL && !met; k++)
                met = strcmp(condition->any[k], text) == 0;
        }
        if (!met)
            return false;
    }
    return true;
}

static const char *value_of(const struct epo_bound *bound, struct epo_pool *pool,
                            OGRFeatureH feature, const char *encoding) {
    if (bound->origin == NULL)
        return "";
    const char *text = "";
    for (int i = 0; i < bound->count && text[0] == '\0'; i++)
        text = text_at(feature, bound->columns[i]);
    struct epo_span found = epo_span_trim(epo_span(text));
    const char *decoded = epo_text_decode(pool, found, encoding);
    if (decoded == NULL) /* left as it is: the row is refused with its reason */
        return epo_pool_string(pool, found);
    return epo_plan_value(bound->origin, decoded);
}

/* "1 234,5" as well as "1234.5"; 0 for what is no number. */
static double number_of(struct epo_pool *pool, const char *text) {
    double value = 0;
    char *plain = epo_pool_string(pool, epo_span(text)), *to = plain;
    for (const char *at = text; *at != '\0'; at++)
        if (*at != ' ')
            *to++ = *at == ',' ? '.' : *at;
    *to = '\0';
    return epo_span_real(epo_span(plain), &value) ? value : 0;
}

static const char *print_properties(const struct epo_binding *binding, struct epo_pool *pool,
                                    OGRFeatureH feature, const char *encoding) {
    struct epo_json *object = epo_json_object(pool);
    for (size_t i = 0; i < binding->plan->property_count; i++) {
        const char *text = value_of(&binding->properties[i], pool, feature, encoding);
        if (text[0] != '\0' && epo_text_valid(epo_span(text)))
            epo_json_set_string(pool, object, binding->plan->properties[i].name, text);
    }
    return object->count == 0 ? "" : epo_json_print(pool, object).at;
}

static int small_number(struct epo_pool *pool, const char *text) {
    double number = number_of(pool, text);
    return number > 0 && number < 100000 ? (int)number : 0;
}

static void fill_address(const char *const texts[EPO_PLAN_FIELDS], struct epo_pool *pool,
                         const char *code, struct epo_build_address *a) {
    char *letter = epo_pool_alloc(pool, 4);
    *a = (struct epo_build_address){.code = code,
                                    .street = texts[EPO_PLAN_STREET],
                                    .part = texts[EPO_PLAN_PART],
                                    .postcode = epo_postcode(pool, texts[EPO_PLAN_POSTCODE]),
                                    .city = texts[EPO_PLAN_CITY],
                                    .district = texts[EPO_PLAN_DISTRICT],
                                    .letter = letter};
    epo_house_number_read(epo_span(texts[EPO_PLAN_NUMBER]), a, letter);
    if (texts[EPO_PLAN_CONSCRIPTION][0] != '\0')
        a->conscription = small_number(pool, texts[EPO_PLAN_CONSCRIPTION]);
    if (texts[EPO_PLAN_ORIENTATION][0] != '\0') {
        struct epo_build_address parts = {0};
        epo_house_number_read(epo_span(texts[EPO_PLAN_ORIENTATION]), &parts, letter);
        a->orientation = parts.conscription; /* "8a": the number, then the letter */
    }
    if (texts[EPO_PLAN_LETTER][0] != '\0')
        snprintf(letter, 4, "%.3s", texts[EPO_PLAN_LETTER]);
    const char *evidence = texts[EPO_PLAN_EVIDENCE];
    int number = small_number(pool, evidence);
    if (number > 0) {
        a->conscription = number;
        a->evidence = true;
    } else if (strstr(evidence, "ev") != NULL) { /* "č.ev.", as the kind of number */
        a->evidence = true;
    }
}

void epo_bound_fill(const struct epo_binding *binding, struct epo_pool *pool, OGRFeatureH feature,
                    const char *encoding, int64_t ordinal, struct epo_import_row *row) {
    const char *texts[EPO_PLAN_FIELDS];
    for (int f = 0; f < EPO_PLAN_FIELDS; f++)
        texts[f] = value_of(&binding->fields[f], pool, feature, encoding);
    const char *code = texts[EPO_PLAN_ID];
    if (code[0] == '\0')
        code = epo_pool_printf(pool, "%lld", (long long)ordinal);
    row->plan = binding->plan;
    if (strcmp(binding->plan->role, "address") == 0) {
        fill_address(texts, pool, code, &row->address);
        return;
    }
    row->feature = (struct epo_build_feature){
        .code = code,
        .name = texts[EPO_PLAN_NAME],
        .kind = texts[EPO_PLAN_KIND],
        .belongs = texts[EPO_PLAN_BELONGS],
        .measure = number_of(pool, texts[EPO_PLAN_MEASURE]),
        .rank = small_number(pool, texts[EPO_PLAN_RANK]),
        .properties = print_properties(binding, pool, feature, encoding)};
}
