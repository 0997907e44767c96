/* Definitions to spreadsheets and back: what XLSForm can say comes back as it was, whatever it is;
 * of what it cannot say each loss is named. */
#include "forms/xlsform.h"

#include "forms_helpers.h"

static const char *canonical(struct epo_pool *pool, const struct epo_json *json) {
    struct epo_buffer buffer;
    epo_buffer_init(&buffer, 8u << 20);
    epo_json_write_canonical(&buffer, json);
    const char *text = epo_pool_string(pool, epo_buffer_get(&buffer));
    epo_buffer_clear(&buffer);
    return text;
}

static struct epo_json *there_and_back(struct epo_pool *pool, const struct epo_json *definition,
                                       struct epo_xlsform_note **out,
                                       struct epo_xlsform_note **in) {
    struct epo_catalog *catalog = epo_catalog_create();
    struct epo_sheets *sheets = EPO_NEW(pool, struct epo_sheets);
    epo_xlsform_write(pool, definition, catalog, sheets, out);
    struct epo_json *back = epo_xlsform_read(pool, sheets, in);
    epo_catalog_free(catalog);
    return back;
}

/* ---- generated ---- */

static uint64_t seed;
static uint32_t below(uint32_t most) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % most;
}

static const char *texts(struct epo_pool *pool) {
    static const char *const WORDS[] = {
        "Žluťoučký kůň", "it's", "\\\"quoted\\\"", "a, b; c", "<b>&amp;</b>",
        "${x}",          "1",    "  |  x"};
    const char *word = WORDS[below(8)];
    return epo_pool_printf(pool, "{\"cs\":\"č %s\",\"en\":\"e %s %u\"}", word, WORDS[below(8)],
                           below(100));
}

struct made { /* a field that conditions may name */
    const char *type;
    uint32_t id;
};

/* A comparison with an earlier field, in the words that reading gives. */
static const char *comparison(struct epo_pool *pool, const struct made *of) {
    static const char *const SIGNS[] = {"==", "!=", "<", "<=", ">", ">="};
    if (strcmp(of->type, "yes_no") == 0)
        return epo_pool_printf(pool, "{\"%s\":[{\"var\":\"f%u\"},%s]}", SIGNS[below(2)], of->id,
                               below(2) ? "true" : "false");
    if (strcmp(of->type, "number") == 0)
        return epo_pool_printf(pool, "{\"%s\":[{\"var\":\"f%u\"},%d]}", SIGNS[below(6)], of->id,
                               (int)below(200) - 100);
    if (strcmp(of->type, "choices") == 0)
        return epo_pool_printf(pool, "{\"in\":[\"v%u\",{\"var\":\"f%u\"}]}", below(3), of->id);
    if (strcmp(of->type, "choice") == 0 && below(2))
        return epo_pool_printf(pool, "{\"in\":[{\"var\":\"f%u\"},[\"v0\",\"v1\"]]}", of->id);
    return below(2) ? epo_pool_printf(pool, "{\"==\":[{\"var\":\"f%u\"},\"v1\"]}", of->id)
                    : epo_pool_printf(pool, "{\"%s\":[{\"var\":\"f%u\"}]}", below(2) ? "!" : "!!",
                                      of->id);
}

static const char *condition(struct epo_pool *pool, const struct made *made, uint32_t count,
                             int depth) {
    uint32_t kind = depth > 2 ? 3 : below(5);
    const char *one = NULL, *other = NULL;
    if (kind < 3) {
        one = condition(pool, made, count, depth + 1);
        other = condition(pool, made, count, depth + 1);
    }
    /* != keeps an "or" from being one of several values of a field, which reads back as "in" */
    if (kind == 0)
        return epo_pool_printf(pool, "{\"and\":[%s,%s]}", one, other);
    if (kind == 1)
        return epo_pool_printf(pool, "{\"or\":[%s,%s,{\"!=\":[1,2]}]}", one, other);
    if (kind == 2)
        return epo_pool_printf(pool, "{\"!\":[{\"and\":[%s,%s]}]}", one, other);
    return comparison(pool, &made[below(count)]);
}

static const char *limits(struct epo_pool *pool, const char *type) {
    static const char *const PATTERNS[] = {"\\\\d{5}", "[A-Z]'?[a-z]+", "a\\\"b", "(?:x|y)*"};
    uint32_t least = below(20), most = least + below(20) + 1;
    if (strcmp(type, "text") == 0 && below(2))
        return epo_pool_printf(pool, ",\"pattern\":\"%s\",\"pattern_message\":%s",
                               PATTERNS[below(4)], texts(pool));
    if (strcmp(type, "text") == 0 || strcmp(type, "long_text") == 0)
        return epo_pool_printf(pool, ",\"min_length\":%u,\"max_length\":%u", least + 1, most + 1);
    if (strcmp(type, "number") == 0)
        return below(2) ? epo_pool_printf(pool, ",\"min\":-%u,\"max\":%u.5", least, most)
                        : epo_pool_printf(pool, ",\"integer\":true,\"min\":%u", least);
    if (strcmp(type, "date") == 0)
        return below(2) ? epo_pool_printf(pool, ",\"min\":\"today-%ud\",\"max\":\"today\"", most)
                        : ",\"min\":\"2020-02-29\",\"max\":\"today+400d\"";
    if (strcmp(type, "location") == 0) {
        static const char *const SHAPES[] = {"point", "line", "area"};
        return epo_pool_printf(pool, ",\"kinds\":[\"%s\"]", SHAPES[below(3)]);
    }
    if (strncmp(type, "choice", 6) != 0)
        return "";
    const char *all = "";
    for (uint32_t i = 0; i < 3; i++)
        all = epo_pool_printf(pool, "%s%s{\"value\":\"v%u\",\"label\":%s}", all, i ? "," : "", i,
                              texts(pool));
    return epo_pool_printf(pool, ",\"options\":[%s]%s", all,
                           strcmp(type, "choices") == 0 && below(2) ? ",\"min\":1,\"max\":2" : "");
}

static const char *form(struct epo_pool *pool) {
    static const char *const TYPES[] = {"text",   "long_text", "number", "date",
                                        "choice", "choices",   "yes_no", "location"};
    struct made made[40];
    uint32_t count = 0, sections = 1 + below(4);
    const char *all = "";
    for (uint32_t i = 0; i < sections; i++) {
        const char *fields = "", *when = "";
        if (count && below(3) == 0)
            when = epo_pool_printf(pool, ",\"when\":%s", condition(pool, made, count, 0));
        for (uint32_t left = 1 + below(8); left > 0; left--) {
            const char *type = TYPES[below(8)];
            const char *own =
                count && below(3) == 0
                    ? epo_pool_printf(pool, ",\"when\":%s", condition(pool, made, count, 0))
                    : "";
            fields =
                epo_pool_printf(pool, "%s%s{\"id\":\"f%u\",\"type\":\"%s\",\"label\":%s%s%s%s%s}",
                                fields, *fields ? "," : "", count, type, texts(pool),
                                below(2) ? epo_pool_printf(pool, ",\"hint\":%s", texts(pool)) : "",
                                below(2) ? ",\"required\":false" : "", own, limits(pool, type));
            made[count] = (struct made){type, count};
            count++;
        }
        all = epo_pool_printf(pool, "%s%s{\"id\":\"s%u\",\"title\":%s%s%s,\"fields\":[%s]}", all,
                              i ? "," : "", i, texts(pool),
                              below(2) ? epo_pool_printf(pool, ",\"intro\":%s", texts(pool)) : "",
                              when, fields);
    }
    return epo_pool_printf(pool, "{\"id\":\"made\",\"title\":%s%s,\"sections\":[%s]}", texts(pool),
                           below(2) ? epo_pool_printf(pool, ",\"intro\":%s", texts(pool)) : "",
                           all);
}

static void comes_back_as_it_was(void **state) {
    (void)state;
    for (uint64_t round = 1; round <= 500; round++) {
        struct epo_pool *pool = epo_pool_create();
        struct epo_xlsform_note *out = NULL, *in = NULL;
        seed = round;
        struct epo_json *definition = parse_json(pool, epo_span(form(pool)));
        struct epo_json *back = there_and_back(pool, definition, &out, &in);
        if (out || in)
            fail_msg("round %d: %s %s", (int)round, (out ? out : in)->where,
                     (out ? out : in)->text);
        assert_string_equal(canonical(pool, back), canonical(pool, definition));
        epo_pool_free(pool);
    }
}

/* ---- the forms that are shipped ---- */

static bool noted(const struct epo_xlsform_note *note, const char *what) {
    for (; note; note = note->next)
        if (strstr(note->text, what))
            return true;
    return false;
}

/* Members that differ are named in a note; so is a type that became another. */
static void compare(struct epo_pool *pool, const struct epo_json *one, const struct epo_json *back,
                    const struct epo_xlsform_note *notes) {
    for (uint32_t i = 0; i < one->count; i++) {
        const struct epo_json *same = epo_json_get_span(back, one->names[i]);
        if (epo_span_is(one->names[i], "fields") || epo_span_is(one->names[i], "sections") ||
            (same && strcmp(canonical(pool, same), canonical(pool, one->items[i])) == 0))
            continue;
        struct epo_span type = epo_json_get_text(one, "type");
        bool changed = epo_span_is(type, "money") || epo_span_is(type, "date") ||
                       !epo_span_equal(type, epo_json_get_text(back, "type"));
        if (!changed && !noted(notes, epo_pool_printf(pool, "\"%.*s\"", EPO_ARG(one->names[i]))))
            fail_msg("%.*s of %.*s differs and no note says so", EPO_ARG(one->names[i]),
                     EPO_ARG(epo_json_get_text(one, "id")));
    }
}

static void shipped(const char *path) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_xlsform_note *out = NULL, *in = NULL, *none = NULL, *still = NULL;
    struct epo_json *definition = parse_json(pool, read_file(pool, path));
    struct epo_json *back = there_and_back(pool, definition, &out, &in);
    for (; in; in = in->next)
        print_message("%s %s\n", in->where, in->text);
    assert_non_null(back);
    const struct epo_json *sections = epo_json_get(definition, "sections");
    compare(pool, definition, back, out);
    assert_int_equal(sections->count, epo_json_get(back, "sections")->count);
    for (uint32_t i = 0; i < sections->count; i++) {
        const struct epo_json *other = epo_json_get(back, "sections")->items[i];
        const struct epo_json *fields = epo_json_get(sections->items[i], "fields");
        compare(pool, sections->items[i], other, out);
        assert_int_equal(fields->count, epo_json_get(other, "fields")->count);
        for (uint32_t j = 0; j < fields->count; j++)
            compare(pool, fields->items[j], epo_json_get(other, "fields")->items[j], out);
    }
    /* what came back is a form, and nothing more is lost */
    struct epo_json *again = there_and_back(pool, back, &none, &still);
    assert_null(none);
    assert_string_equal(canonical(pool, again), canonical(pool, back));
    struct epo_form_fault *faults = NULL;
    struct epo_form *form_back =
        epo_form_read(pool, epo_json_print(pool, back), "back", NULL, &faults);
    if (!form_back)
        fail_msg("%s %s", faults->where, faults->text);
    epo_form_free(form_back);
    epo_pool_free(pool);
}

static void shipped_forms(void **state) {
    (void)state;
    shipped(EPO_SOURCE "/lua/agendas/dog_fee/forms/registration.json");
    shipped(EPO_SOURCE "/lua/agendas/dog_fee/forms/deregistration.json");
    shipped(EPO_SOURCE "/plugins/public_space/forms/occupy.json");
    shipped(EPO_SOURCE "/lua/template/forms/request.json");
}

/* ---- by hand ---- */

static const char *read_csv(struct epo_pool *pool, const char *csv,
                            struct epo_xlsform_note **notes) {
    struct epo_error error = {0};
    struct epo_sheets *sheets = EPO_NEW(pool, struct epo_sheets);
    if (!epo_sheets_read_csv(pool, epo_span(csv), sheets, &error))
        fail_msg("%s %s", error.where, error.text);
    struct epo_json *made = epo_xlsform_read(pool, sheets, notes);
    return made ? canonical(pool, made) : NULL;
}

#define HEAD                                                                                       \
    "survey\n,type,name,label::Čeština (cs),label::English (en),relevant,constraint,"            \
    "constraint_message::cs,required,appearance\n"
#define FOOT                                                                                       \
    "choices\n,list_name,name,label::cs,label::en\n,kinds,a,Á,A\n,kinds,b,B,B\n,yn,yes,Ano,Yes\n" \
    ",yn,no,Ne,No\nsettings\n,form_title,form_id\n,Psi,dogs\n"

static void rows_of_others(void **state) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_xlsform_note *notes = NULL;
    (void)state;
    const char *made =
        read_csv(pool,
                 "\xef\xbb\xbf" HEAD ",note,n1,Úvod,Intro\r\n"
                 ",text,Name-1,Jméno,Name,,,,yes,minimal\n"
                 ",begin_group,g,\"Skupina, \"\"A\"\"\",Group\n"
                 ",select_multiple kinds,ks,Druhy,Kinds,,count-selected(.) <= 2\n"
                 ",begin group,inner,Uvnitř,Inside,\"selected(${ks}, 'a')\"\n"
                 ",integer,i,Počet,Count,,. > 0 and . < 10\n"
                 ",end group\n"
                 ",select_one yn,yn,Ano?,Yes?,\"${Name-1} != ''\"\n"
                 ",text,t,T,T,\"${yn} = 'yes' or ${i} + 1 > 3\",\"regex(., '^[0-9]+$')\",Čísla\n"
                 ",end_group\n"
                 ",begin repeat,r,Pes,Dog\n"
                 ",text,chip,Čip,Chip\n"
                 ",end repeat\n" FOOT,
                 &notes);
    assert_non_null(made);
    assert_non_null(strstr(made, "\"id\":\"name_1\",\"label\":{\"cs\":\"Jméno\""));
    assert_non_null(strstr(made, "\"intro\":{\"cs\":\"Úvod\",\"en\":\"Intro\"},\"sections\""));
    assert_non_null(strstr(made, "\"title\":{\"cs\":\"Skupina, \\\"A\\\"\""));
    assert_non_null(strstr(made, "\"max\":9,\"min\":1"));
    assert_non_null(strstr(made, "\"when\":{\"in\":[\"a\",{\"var\":\"ks\"}]}"));
    assert_non_null(strstr(made, "\"type\":\"yes_no\",\"when\":{\"!!\":[{\"var\":\"name_1\"}]}"));
    assert_non_null(strstr(
        made,
        "{\"or\":[{\"==\":[{\"var\":\"yn\"},true]},{\">\":[{\"+\":[{\"var\":\"i\"},1]},3]}]}"));
    assert_non_null(strstr(made, "\"pattern\":\"[0-9]+\""));
    assert_non_null(strstr(made, "\"repeat\":{\"add\""));
    assert_true(noted(notes, "appearance \"minimal\" is left out"));
    assert_true(noted(notes, "the name \"Name-1\" becomes \"name_1\""));
    assert_true(noted(notes, "no constraint_message in en"));
    assert_true(noted(notes, "no form_title in en"));
    epo_pool_free(pool);
}

static void refused(const char *rows, const char *where, const char *what) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_xlsform_note *notes = NULL;
    const char *made =
        read_csv(pool, epo_pool_printf(pool, HEAD ",text,a,A,A\n%s" FOOT, rows), &notes);
    assert_null(made);
    const struct epo_xlsform_note *note = notes;
    while (note && !(note->fault && strstr(note->text, what)))
        note = note->next;
    if (!note)
        fail_msg("nothing says \"%s\"", what);
    assert_string_equal(note->where, where);
    epo_pool_free(pool);
}

static void what_cannot_be(void **state) {
    (void)state;
    refused(",calculate,c,C,C\n", "survey:4", "agenda.lua");
    refused(",begin group,g,G,G\n,text,b,B,B\n", "survey:5", "\"g\" does not end");
    refused(",end group\n", "survey:4", "ends nothing");
    refused(",begin repeat,g,G,G\n,begin repeat,h,H,H\n", "survey:5", "a repeat inside a repeat");
    refused(",text,a,A,A\n", "survey:4", "stands twice");
    refused(",select_one none,b,B,B\n", "survey:4", "no list \"none\"");
    refused(",text,b\n", "survey:4", "no label");
}

static void left_out(const char *row, const char *what) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_xlsform_note *notes = NULL;
    const char *made =
        read_csv(pool, epo_pool_printf(pool, HEAD ",text,a,A,A\n,%s\n" FOOT, row), &notes);
    assert_non_null(made);
    if (!noted(notes, what))
        fail_msg("nothing says \"%s\" of %s: %s", what, row, notes ? notes->text : "no note");
    epo_pool_free(pool);
}

static void what_is_left_out(void **state) {
    (void)state;
    left_out("image,p,P,P", "no type \"image\"");
    left_out("deviceid,d", "\"deviceid\" is left out");
    left_out("text,b,B,B,${c} = 1", "relevant is left out, so that it is always asked: it names");
    left_out("text,b,B,B,pulldata('x')", "conditions do not have pulldata()");
    left_out("text,b,B,B,${a} = 'x", "a text does not end");
    left_out("text,b,B,B,((${a})", "a \")\" is missing");
    left_out("text,b,B,B,${a} = 1 1", "something behind its end");
    left_out("text,b,B,B,a = 1", "a name must stand as ${name}");
    left_out("decimal,b,B,B,,. > 1", "only whole numbers");
    left_out("text,b,B,B,,. != ${a}", "the portal has no such limit");
    left_out("text,b,B,B,\"\",\"regex(., '\\s')\",m", "part of the constraint");
    left_out("date,b,B,B,,,,${a} = 1", "required is left out");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_as_it_was), cmocka_unit_test(shipped_forms),
        cmocka_unit_test(rows_of_others),       cmocka_unit_test(what_cannot_be),
        cmocka_unit_test(what_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
