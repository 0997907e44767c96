/* The form checker as a filter, for tests that compare it with independent validators.
 *
 *   support_validate [--cs|--en] < lines
 *
 * Each line is {"form": definition, "answers": value} or, after a line with a form, {"answers": …}
 * for the same form. Each line out: {"faults":[…]} if the form is refused, {"schema":…} for a line
 * without answers, else {"errors":[{"path","code",…}]}. {"rule": condition, "data": …} gives
 * {"value": …}. Places are checked for shape alone. */
#include <stdio.h>
#include <stdlib.h>

#include "forms/condition.h"

struct program {
    struct epo_catalog *catalog;
    const char *lang;
    struct epo_form *form;
};

static struct epo_json *faults_of(struct epo_pool *pool, const struct epo_form_fault *fault) {
    struct epo_json *answer = epo_json_object(pool);
    struct epo_json *list = epo_json_set(pool, answer, "faults", epo_json_array(pool));
    for (; fault != NULL; fault = fault->next)
        epo_json_push(
            pool, list,
            epo_json_string(pool, epo_pool_printf(pool, "%s: %s", fault->where, fault->text)));
    return answer;
}

/* Of a condition, over any data. */
static struct epo_json *value_of(struct epo_pool *pool, const struct epo_json *line) {
    struct epo_json *answer = epo_json_object(pool), *value;
    struct epo_error error = {0};
    struct epo_json *data = epo_json_get(line, "data");
    if (epo_condition_value(pool, epo_json_get(line, "rule"), data ? data : epo_json_null(pool),
                            &value, &error))
        epo_json_set(pool, answer, "value", value);
    else
        epo_json_set_string(pool, answer, "broken", error.text);
    return answer;
}

static struct epo_json *answer_line(struct program *program, struct epo_pool *pool,
                                    const struct epo_json *line) {
    const struct epo_json *form = epo_json_get(line, "form");
    const struct epo_json *answers = epo_json_get(line, "answers");
    if (epo_json_get(line, "rule") != NULL)
        return value_of(pool, line);
    if (form != NULL) {
        struct epo_form_fault *faults = NULL;
        epo_form_free(program->form);
        program->form = epo_form_read(pool, epo_json_print(pool, form), "form.json", NULL, &faults);
        if (program->form == NULL)
            return faults_of(pool, faults);
    }
    struct epo_json *answer = epo_json_object(pool);
    if (answers == NULL) {
        epo_json_set(pool, answer, "schema", epo_form_schema(program->form, pool, program->lang));
        return answer;
    }
    struct epo_form_result result;
    struct epo_error error = {0};
    if (!epo_form_check(program->form, pool, EPO_ANSWERS_FROM_JSON, answers, NULL, program->catalog,
                        program->lang, &result, &error))
        epo_json_set_string(pool, answer, "broken", error.text);
    epo_json_set(pool, answer, "errors", result.errors);
    epo_json_set(pool, answer, "answers", result.answers);
    return answer;
}

static bool run(struct program *program, struct epo_span text) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_error error = {0};
    struct epo_json *line = epo_json_parse(pool, text, &error);
    bool usable = line != NULL && (program->form != NULL || epo_json_get(line, "form") != NULL ||
                                   epo_json_get(line, "rule") != NULL);
    if (usable) {
        struct epo_span out = epo_json_print(pool, answer_line(program, pool, line));
        printf("%.*s\n", EPO_ARG(out));
    } else {
        fprintf(stderr, "%s: %s\n", error.where, line != NULL ? "no form yet" : error.text);
    }
    epo_pool_free(pool);
    return usable;
}

int main(int argc, char **argv) {
    struct program program = {.catalog = epo_catalog_create(), .lang = "cs"};
    struct epo_error error = {0};
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    bool good = epo_catalog_add(program.catalog, EPO_SOURCE "/forms/texts", "", &error);
    epo_form_share_sections(NULL, EPO_SOURCE "/forms");
    if (argc > 1 && strcmp(argv[1], "--en") == 0)
        program.lang = "en";
    while (good && (len = getline(&line, &room, stdin)) > 0)
        good = run(&program, (struct epo_span){line, (size_t)len});
    free(line);
    epo_form_free(program.form);
    epo_catalog_free(program.catalog);
    return good ? 0 : 1;
}
