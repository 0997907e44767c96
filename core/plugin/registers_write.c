/* Inside the save: what a hook said of registers. */
#include "plugin/registers.h"
#include "portal/person_link.h"
#include "portal/receipt.h"

#define NUMBER_PLACE EPO_SPAN("{number}")

struct epo_span epo_registers_numbered(struct epo_pool *pool, struct epo_span text,
                                       const char *number) {
    for (size_t i = 0; i + NUMBER_PLACE.len <= text.len; i++)
        if (memcmp(text.at + i, NUMBER_PLACE.at, NUMBER_PLACE.len) == 0)
            return epo_span(epo_pool_printf(pool, "%.*s%s%.*s", (int)i, text.at, number,
                                            (int)(text.len - i - NUMBER_PLACE.len),
                                            text.at + i + NUMBER_PLACE.len));
    return text;
}

static struct epo_span numbered(struct epo_pool *pool, struct epo_span text, const char *number) {
    return number ? epo_registers_numbered(pool, text, number) : text;
}

bool epo_registers_whose(const struct epo_agenda *agenda, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span sender, int64_t case_number, struct epo_span given,
                         struct epo_json *tree, const struct epo_hook_person **person,
                         struct epo_error *error) {
    bool fresh;
    *person = NULL;
    if (!(agenda->rights & EPO_RIGHT_RECORDS) || (!db && given.len == 0))
        return true;
    struct epo_hook_person *whose = EPO_NEW(pool, struct epo_hook_person);
    *whose = (struct epo_hook_person){.sender = sender, .case_number = case_number};
    epo_span_store(whose->number, sizeof whose->number, given);
    if (given.len == 0 &&
        !epo_person_number_of(agenda->portal, db, epo_span(agenda->manifest->name), sender,
                              case_number, whose->number, &fresh, error))
        return false;
    struct epo_json *shown = epo_json_set(pool, tree, "person", epo_json_object(pool));
    epo_json_set_string(pool, shown, "number", whose->number);
    *person = whose;
    return true;
}

bool epo_registers_is_write(const struct epo_json *item) {
    return epo_json_get(item, "statement") == NULL;
}

static bool put(struct epo_agenda *agenda, struct epo_db *db, struct epo_pool *pool,
                const struct epo_json *said, const char *number, struct epo_error *error) {
    enum epo_record_put done;
    struct epo_record record = {.agenda = epo_span(agenda->manifest->name),
                                .key = numbered(pool, epo_json_get_text(said, "key"), number),
                                .person = epo_json_get_text(said, "person"),
                                .kind = epo_json_get_text(said, "kind"),
                                .data = epo_json_get_text(said, "data"),
                                .place = epo_json_get_text(said, "place"),
                                .from = epo_json_get_text(said, "from"),
                                .until = epo_json_get_text(said, "until")};
    if (!epo_record_is_key(record.key))
        return epo_fail(error, EPO_ERROR_BROKEN, "agenda.record", "\"%.*s\" is no key of a record",
                        EPO_ARG(record.key));
    return epo_record_put(agenda->portal, db, &record, &done, error);
}

static bool keep_person(struct epo_agenda *agenda, struct epo_db *db, const struct epo_json *said,
                        const char *number, struct epo_error *error) {
    int64_t of_case = epo_json_get_integer(said, "case", 0);
    if (of_case == 0 && (!number || !epo_number_read(epo_span(number), &of_case)))
        return true;
    return epo_person_of_case(agenda->portal, db, epo_span(agenda->manifest->name),
                              epo_json_get_text(said, "sender"), of_case,
                              epo_json_get_text(said, "number"), error);
}

bool epo_registers_entry(struct epo_agenda *agenda, struct epo_pool *pool,
                         const struct epo_json *item, const char *number,
                         struct epo_ledger_entry *entry) {
    const struct epo_json *said = epo_json_get(item, "post");
    struct epo_error error = {0};
    if (said == NULL)
        return false;
    epo_assert(epo_ledger_read(pool, epo_span(agenda->manifest->name), said, entry, &error));
    entry->reference = numbered(pool, entry->reference, number);
    entry->record = numbered(pool, entry->record, number);
    return true;
}

bool epo_registers_write(struct epo_agenda *agenda, struct epo_db *db, const struct epo_json *item,
                         const char *number, struct epo_ledger_posted *posted,
                         struct epo_error *error) {
    struct epo_pool *pool = epo_pool_create();
    struct epo_ledger_entry entry;
    struct epo_ledger_posted ignored;
    const struct epo_json *said;
    bool good = true;
    if (epo_registers_entry(agenda, pool, item, number, &entry))
        good = epo_ledger_post(agenda->portal, db, &entry, posted ? posted : &ignored, error);
    else if ((said = epo_json_get(item, "put")) != NULL)
        good = put(agenda, db, pool, said, number, error);
    else if ((said = epo_json_get(item, "end")) != NULL)
        good =
            epo_record_end(agenda->portal, db, epo_span(agenda->manifest->name),
                           epo_json_get_text(said, "key"), epo_json_get_text(said, "day"), error);
    else if ((said = epo_json_get(item, "person")) != NULL)
        good = keep_person(agenda, db, said, number, error);
    epo_pool_free(pool);
    return good;
}
