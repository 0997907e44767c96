/* States of a manifest: what is crooked is refused at its line; what is right can be asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "plugin/states.h"

static struct epo_pool *pool;

static int set_up(void **state) {
    (void)state;
    pool = epo_pool_create();
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    epo_pool_free(pool);
    return 0;
}

static const struct epo_states *read(const char *text, struct epo_faults *faults) {
    struct epo_error error = {0};
    struct epo_json *json = text ? epo_json_parse(pool, epo_span(text), &error) : NULL;
    if (text && !json)
        fail_msg("%s: %s", text, error.text);
    *faults = (struct epo_faults){.pool = pool};
    return epo_states_read(pool, json, "dogs/manifest.json", faults);
}

static void crooked_ones_are_refused_at_their_line(void **state) {
    static const struct {
        const char *text, *fault;
        int line;
    } CASES[] = {
        {"[]", "\"states\" is {", 1},
        {"{\"open\":{\"ends\":true}}", "at least \"received\"", 1},
        {"{\"received\":{\n\"moves\":[\"gone\"]}}", "there is no state \"gone\"", 2},
        {"{\"received\":{\"ends\":true},\n\"island\":{\"ends\":true}}",
         "no way leads from \"received\" to \"island\"", 2},
        {"{\"received\":{\"moves\":[\"round\"]},\n\"round\":{\"moves\":[\"received\"]}}",
         "no way leads from \"received\" to an end", 1},
        {"{\"received\":[\"round\"],\n\"round\":[\"received\"]}",
         "no way leads from \"received\" to an end", 1},
        {"{\"received\":{\"moves\":[]}}", "leads nowhere", 1},
        {"{\"received\":{\"moves\":[\"done\"]},\n\"done\":{\"ends\":true,\"moves\":[\"received\"]}"
         "}",
         "\"done\" ends", 2},
        {"{\"received\":{\"moves\":[\"received\"]}}", "to itself", 1},
        {"{\"received\":{\"moves\":[\"done\",\n\"done\"]},\"done\":{\"ends\":true}}", "two moves",
         2},
        {"{\"received\":{\"moves\":[{\"to\":\"done\",\n\"by\":[\"mayor\"]}]},\"done\":{\"ends\":"
         "true}}",
         "\"by\" is a list", 2},
        {"{\"received\":{\"moves\":[{\"to\":\"done\",\n\"needs\":[\"luck\"]}]},\"done\":{\"ends\":"
         "true}}",
         "\"needs\" is a list", 2},
        {"{\"received\":{\"moves\":[{\"to\":\"done\",\"needs\":[\"decision\"]}]},\"done\":"
         "{\"ends\":true}}",
         "names it", 1},
        {"{\"received\":{\n\"deadline\":{\"days\":0},\"moves\":[\"done\"]},\"done\":{\"ends\":true}"
         "}",
         "\"deadline\" is", 2},
        {"{\"received\":{\n\"deadline\":{\"days\":5,\"of\":\"lunar\"},\"moves\":[\"done\"]},"
         "\"done\":{\"ends\":true}}",
         "\"deadline\" is", 2},
        {"{\"received\":{\n\"ball\":\"mayor\",\"moves\":[\"done\"]},\"done\":{\"ends\":true}}",
         "\"ball\" is", 2},
        {"{\"received\":{\"answered\":\"done\",\"moves\":[\"done\"]},\"done\":{\"ends\":true}}",
         "\"answered\" belongs", 1},
        {"{\"received\":{\n\"dedline\":1,\"moves\":[\"done\"]},\"done\":{\"ends\":true}}",
         "unknown member \"dedline\"", 2},
        {"{\"received\":{\n\"title\":{\"cs\":\"x\"},\"moves\":[\"done\"]},\"done\":{\"ends\":true}"
         "}",
         "\"title\" must be", 2},
        {"{\"received\":{\"moves\":[\"Done!\"]}}", "a move is", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct epo_faults faults;
        read(CASES[i].text, &faults);
        const struct epo_fault *found = faults.first;
        while (found && !strstr(found->text, CASES[i].fault))
            found = found->next;
        if (!found)
            fail_msg("%s: no fault with \"%s\" (first: %s)", CASES[i].text, CASES[i].fault,
                     faults.first ? faults.first->text : "none");
        assert_string_equal(found->file, "dogs/manifest.json");
        assert_int_equal(found->line, CASES[i].line);
    }
}

static void the_default_set_is_sound(void **state) {
    struct epo_faults faults;
    (void)state;
    const struct epo_states *states = read(NULL, &faults);
    assert_null(faults.first);
    assert_int_equal(states->count, 7);
    const struct epo_state *returned = epo_states_find(states, EPO_SPAN("returned"));
    assert_int_equal(returned->deadline.ball, EPO_BALL_CITIZEN);
    assert_true(epo_span_is(returned->answered->id, "in_progress"));
    assert_true(epo_states_move(states, EPO_SPAN("received"), EPO_SPAN("refused"))->needs_note);
    assert_null(epo_states_move(states, EPO_SPAN("refused"), EPO_SPAN("received")));
    assert_null(epo_states_find(states, EPO_SPAN("nowhere")));
}

static void the_short_form_makes_ends_of_what_leads_nowhere(void **state) {
    struct epo_faults faults;
    (void)state;
    const struct epo_states *states =
        read("{\"received\":[\"open\",\"shut\"],\"open\":[\"shut\"]}", &faults);
    assert_null(faults.first);
    assert_int_equal(states->count, 3);
    assert_true(epo_states_find(states, EPO_SPAN("shut"))->ends);
    assert_int_equal(epo_states_find(states, EPO_SPAN("open"))->deadline.days, 0);
}

static void roles_and_their_bits(void **state) {
    (void)state;
    assert_int_equal(epo_mover_of(EPO_SPAN("clerk")), EPO_MOVER_CLERK);
    assert_int_equal(epo_mover_of(EPO_SPAN("admin")), EPO_MOVER_CLERK | EPO_MOVER_ADMIN);
    assert_int_equal(epo_mover_of(EPO_SPAN("citizen")), EPO_MOVER_CITIZEN);
    assert_int_equal(epo_mover_of(EPO_SPAN("")), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crooked_ones_are_refused_at_their_line),
        cmocka_unit_test(the_default_set_is_sound),
        cmocka_unit_test(the_short_form_makes_ends_of_what_leads_nowhere),
        cmocka_unit_test(roles_and_their_bits),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
