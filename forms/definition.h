/* A form as read: private to this room. Built by read.c, then immutable. */
#ifndef EPO_FORMS_DEFINITION_H
#define EPO_FORMS_DEFINITION_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/clock.h"
#include "forms/form.h"

#define EPO_OPTIONS_MAX 300               /* of one choice: more want a search, not a list */
#define EPO_SECTIONS_MAX 100              /* of one form */
#define EPO_RADIOS_MAX 8                  /* more options than this are drawn as a select */
#define EPO_NUMBER_MAX 9007199254740991.0 /* 2^53 - 1: exact in every JSON reader */
#define EPO_YEAR_MIN 1800 /* of an answered day: beyond it is a slip of the finger */
#define EPO_YEAR_MAX 2999
#define EPO_MONEY_MAX 100000000000000 /* haléře: a thousand billion crowns */

struct epo_field_kind;

/* A day that is fixed, or counted from the day of asking: "2026-01-01", "today", "today+15d",
 * "today-18y" (d days, m months, y years; a 31st becomes the last day of a shorter month). */
struct epo_day_rule {
    bool set, relative;
    struct epo_date date;
    int amount;
    char unit; /* 'd', 'm' or 'y' */
};
struct epo_date epo_day_rule_date(const struct epo_day_rule *rule, struct epo_date today);

struct epo_option {
    struct epo_span value;
    const struct epo_json *label, *hint;
    const char *anchor; /* behind the field's own, which the first one has: "", "-2", "-3" … */
};

struct epo_field {
    const char *id;
    const struct epo_field_kind *kind;
    const char *template;              /* that draws it */
    const struct epo_json *definition; /* label, hint, autocomplete … */
    const struct epo_json *when;       /* own condition, or NULL */
    bool required;
    struct epo_span law; /* that lets the field be asked, or empty */
    uint32_t index, section;
    /* text, long_text, email, phone: code points */
    int64_t min_length, max_length;
    pcre2_code *pattern; /* whole value must match; freed with the form */
    const char *pattern_source;
    /* number; money in haléře */
    double min, max;
    bool has_min, has_max, integer;
    /* date */
    struct epo_day_rule first, last;
    const struct epo_field *after, *not_before;
    /* date_range: days counted with both ends */
    int64_t min_days, max_days;
    /* choice, choices */
    struct epo_option *options;
    uint32_t option_count;
    int64_t min_count, max_count;
    /* location; several places: min_count, max_count */
    unsigned kinds;               /* bits of enum epo_asked */
    const struct epo_json *named; /* the same as the definition names them, the first one first */
    bool several, describe;
    const struct epo_json *rules;
    unsigned files; /* attachment: bits by the place in epo_filetypes; max: bytes */
};

struct epo_section {
    const char *id;
    const struct epo_json *definition, *when;
    uint32_t first, count; /* fields */
    /* A repeated group: its answer is an array of items, each with these fields. */
    bool repeated;
    int64_t min_items, max_items;
    const struct epo_json *item, *add; /* texts: what one is called, the button */
};

struct epo_step {
    const char *id;
    const struct epo_json *definition;
    uint32_t first, count; /* sections */
};

struct epo_form {
    struct epo_pool *pool;
    struct epo_json *definition;
    const char *id;
    char version[72];
    struct epo_section *sections;
    struct epo_field *fields; /* all, in order */
    struct epo_step *steps;
    uint32_t section_count, field_count, step_count;
    const struct epo_field *place;
};

/* NULL if there is none. Fields of repeated groups too. */
const struct epo_field *epo_form_field(const struct epo_form *form, struct epo_span id);
/* The repeated group that the field stands in, or NULL. */
const struct epo_section *epo_field_group(const struct epo_form *form,
                                          const struct epo_field *field);

#endif
