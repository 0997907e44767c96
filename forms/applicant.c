/* Whose request it is, by the names that the definition's autocomplete tokens point at. */
#include "forms/definition.h"

static bool names_somebody(const struct epo_field *field) {
    static const char *const TOKENS[] = {"name", "given-name", "additional-name", "family-name",
                                         "organization"};
    struct epo_span token, rest = epo_json_get_text(field->definition, "autocomplete");
    while (rest.len > 0) {
        token = epo_span_cut(rest, ' ', &rest);
        for (size_t i = 0; i < sizeof TOKENS / sizeof *TOKENS; i++)
            if (epo_span_is(token, TOKENS[i]))
                return true;
    }
    return false;
}

struct epo_span epo_form_applicant(const struct epo_form *form, struct epo_pool *pool,
                                   const struct epo_json *answers) {
    const char *names = "";
    for (uint32_t i = 0; i < form->field_count; i++) {
        const struct epo_json *answer = epo_json_get(answers, form->fields[i].id);
        if (epo_json_is_text(answer) && names_somebody(&form->fields[i]))
            names =
                epo_pool_printf(pool, "%s%s%.*s", names, *names ? " " : "", EPO_ARG(answer->text));
    }
    return epo_span(names);
}
