/* The demo citizen's records and ledger: rows checked, periods assessed by the agenda itself. */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "plugin/assess.h"
#include "portal/account.h"

#define FILE_BYTES_MAX (256 * 1024)

struct filling {
    struct epo_process *process;
    struct epo_pool *pool;
    struct epo_agenda *agenda;
    const struct epo_json *of; /* one agenda of the file */
    struct epo_account account;
};

/* Inside one write job. */
static bool put_all(struct epo_db *db, void *arg, struct epo_error *error) {
    struct filling *filling = arg;
    struct epo_portal *portal = &filling->process->portal;
    const struct epo_json *records = epo_json_get(filling->of, "records");
    struct epo_span person = epo_json_get_text(filling->of, "person");
    struct epo_person_linking linking = {.account = epo_span(filling->account.id),
                                         .agenda = epo_span(epo_agenda_name(filling->agenda)),
                                         .person = person,
                                         .how = EPO_SPAN("demo"),
                                         .by = EPO_SPAN("shell")};
    bool good = epo_person_link_make(portal, db, &linking, error);
    for (uint32_t i = 0; good && records != NULL && i < records->count; i++) {
        struct epo_json *errors = epo_json_array(filling->pool), *row = records->items[i];
        struct epo_record record;
        enum epo_record_put done;
        epo_json_set_text(filling->pool, row, "person", person);
        good = epo_registers_check(filling->agenda, filling->pool, EPO_ANSWERS_FROM_JSON, "en", row,
                                   &record, errors, error);
        if (good && errors->count > 0)
            good = epo_fail(error, EPO_ERROR_BAD_INPUT, "demo.record", "demo record %u: %.*s",
                            (unsigned)i, EPO_ARG(epo_json_print(filling->pool, errors->items[0])));
        good = good && epo_record_put(portal, db, &record, &done, error);
    }
    return good;
}

static bool post_all(struct epo_db *db, void *arg, struct epo_error *error) {
    struct filling *filling = arg;
    const struct epo_json *entries = epo_json_get(filling->of, "entries");
    bool good = true;
    for (uint32_t i = 0; good && entries != NULL && i < entries->count; i++) {
        struct epo_ledger_entry entry;
        struct epo_ledger_posted posted;
        epo_json_set_text(filling->pool, entries->items[i], "person",
                          epo_json_get_text(filling->of, "person"));
        good = epo_ledger_read(filling->pool, epo_span(epo_agenda_name(filling->agenda)),
                               entries->items[i], &entry, error) &&
               epo_ledger_post(&filling->process->portal, db, &entry, &posted, error);
    }
    return good;
}

static bool assess_period(struct filling *filling, struct epo_db *db, struct epo_span period,
                          struct epo_error *error) {
    struct epo_assess assess = {.portal = &filling->process->portal,
                                .agenda = filling->agenda,
                                .period = period,
                                .lang = "cs"};
    struct epo_json *failures = epo_json_array(filling->pool);
    while (!assess.done)
        if (!epo_assess_step(&assess, db, filling->pool, failures, error))
            return false;
    return failures->count == 0 ||
           epo_fail(error, EPO_ERROR_BAD_INPUT, "demo.assess", "demo: %.*s",
                    EPO_ARG(epo_json_print(filling->pool, failures->items[0])));
}

static bool fill(struct filling *filling, struct epo_db *db, struct epo_error *error) {
    struct epo_portal *portal = &filling->process->portal;
    const struct epo_json *periods = epo_json_get(filling->of, "assess");
    bool good = epo_account_find(portal, db, epo_json_get_text(filling->of, "account"),
                                 &filling->account, error) &&
                epo_store_write(portal->store, put_all, filling, error);
    for (uint32_t i = 0; good && periods != NULL && i < periods->count; i++)
        good = assess_period(filling, db, periods->items[i]->text, error);
    return good && epo_store_write(portal->store, post_all, filling, error);
}

bool epo_demo_registers_make(struct epo_process *process, struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    char *bytes = epo_pool_alloc(pool, FILE_BYTES_MAX);
    FILE *file = fopen(epo_pool_printf(pool, "%s/demo/registers.json", epo_share_folder()), "re");
    struct epo_span text = {bytes, file != NULL ? fread(bytes, 1, FILE_BYTES_MAX, file) : 0};
    if (file != NULL)
        fclose(file);
    const struct epo_json *all = epo_json_parse(pool, text, error);
    struct epo_db *db = all != NULL ? epo_store_connect(process->portal.store, error) : NULL;
    bool good = db != NULL;
    for (uint32_t i = 0; good && i < all->count; i++) {
        struct filling filling = {.process = process, .pool = pool, .of = all->items[i]};
        filling.agenda =
            epo_registry_find(process->registry, epo_json_get_text(filling.of, "agenda"));
        if (filling.agenda != NULL && epo_assess_offered(filling.agenda))
            good = fill(&filling, db, error);
        epo_agenda_release(filling.agenda);
    }
    if (db != NULL)
        epo_db_close(db);
    epo_pool_free(pool);
    return good;
}
