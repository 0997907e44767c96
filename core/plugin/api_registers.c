/* epo.h, registers: records and the ledger of the agenda itself. What a hook says of them is
 * checked at once, kept among its writes and done inside the save. */
#include "base/clock.h"
#include "plugin/call.h"
#include "plugin/registers.h"

/* ---- what is said ---- */

static bool may(struct epo_call *call, const char *what, bool writes) {
    bool here = call->kind == EPO_HOOK_SUBMITTED || call->kind == EPO_HOOK_STATE ||
                call->kind == EPO_HOOK_JOB || call->kind == EPO_HOOK_ASSESS;
    if (!(call->agenda->rights & EPO_RIGHT_RECORDS))
        epo_call_broken(call, EPO_RC_BROKEN, "agenda.right", "%s needs the right \"records\"",
                        what);
    else if (writes && !here)
        epo_call_broken(call, EPO_RC_BROKEN, "agenda.write_here",
                        "only submitted, state, jobs and assess may write into registers");
    else if (writes && call->hook->writes->count >= EPO_WRITES_MAX)
        epo_call_broken(call, EPO_RC_BROKEN, "agenda.writes", "at most %d writes in one call",
                        EPO_WRITES_MAX);
    else if (call->kind == EPO_HOOK_SELFTEST)
        epo_call_broken(call, EPO_RC_BROKEN, "agenda.no_tables", "there are no registers here");
    else
        return true;
    return false;
}

/* The object that json says; NULL, and the call failed, where it is none. */
static struct epo_json *read_object(struct epo_call *call, const char *what, epo_str json) {
    struct epo_error error = {0};
    struct epo_json *read = epo_json_parse(
        call->hook->pool, (struct epo_span){json.at, json.at ? json.len : 0}, &error);
    if (read && read->type == EPO_JSON_OBJECT)
        return read;
    epo_call_broken(call, EPO_RC_BROKEN, "agenda.json", "%s takes a JSON object: %s", what,
                    read ? "this is none" : error.text);
    return NULL;
}

static struct epo_span person_of(struct epo_call *call) {
    const struct epo_json *number = epo_json_find(call->hook->tree, "person.number");
    return epo_json_is_text(number) ? number->text : EPO_SPAN("");
}

struct doing {
    struct epo_agenda *agenda;
    const struct epo_json *item;
};

static bool do_one(struct epo_db *db, void *arg, struct epo_error *error) {
    struct doing *doing = arg;
    return epo_registers_write(doing->agenda, db, doing->item, NULL, NULL, error);
}

/* Keeps the item for the save; in a job does it now. */
static int say(struct epo_call *call, const char *name, struct epo_json *value) {
    struct epo_pool *pool = call->hook->pool;
    struct epo_json *item = epo_json_object(pool);
    struct epo_error error = {0};
    epo_json_set(pool, item, name, value);
    if (call->kind != EPO_HOOK_JOB || call->hook->given_records) {
        epo_json_push(pool, call->hook->writes, item);
        return EPO_RC_OK;
    }
    struct doing doing = {call->agenda, item};
    if (!call->hook->portal || !call->hook->portal->store)
        return epo_call_broken(call, EPO_RC_BROKEN, "agenda.no_tables",
                               "there are no registers here");
    if (epo_store_write(call->hook->portal->store, do_one, &doing, &error))
        return EPO_RC_OK;
    int rc = error.kind == EPO_ERROR_BUSY       ? EPO_RC_BUSY
             : error.kind == EPO_ERROR_CONFLICT ? EPO_RC_CONFLICT
                                                : EPO_RC_BROKEN;
    return epo_call_broken(call, rc, error.code, "%s", error.text);
}

/* Once, when something is said of the person whose request it is: the number is kept with the case
 * and its sender linked. */
static void keep_person(struct epo_call *call, struct epo_span person) {
    struct epo_hook *hook = call->hook;
    if (!hook->person || hook->person_kept || !epo_span_is(person, hook->person->number))
        return;
    struct epo_json *item = epo_json_object(hook->pool), *kept = epo_json_object(hook->pool);
    epo_json_set_text(hook->pool, kept, "number", person);
    epo_json_set_text(hook->pool, kept, "sender", hook->person->sender);
    epo_json_set_integer(hook->pool, kept, "case", hook->person->case_number);
    epo_json_set(hook->pool, item, "person", kept);
    epo_json_push(hook->pool, hook->writes, item);
    hook->person_kept = true;
}

/* In state the number of the case is known, in submitted only inside the save. */
static void fill_number(struct epo_call *call, struct epo_json *object, const char *name) {
    const struct epo_json *number = epo_json_find(call->hook->tree, "case.number");
    struct epo_span text = epo_json_get_text(object, name);
    if (epo_json_is_text(number) && text.len > 0)
        epo_json_set_text(call->hook->pool, object, name,
                          epo_registers_numbered(call->hook->pool, text,
                                                 epo_pool_string(call->hook->pool, number->text)));
}

/* The person that the JSON names; where it says nothing, the one of the request or record. */
static void default_person(struct epo_call *call, struct epo_json *object) {
    if (!epo_json_get(object, "person"))
        epo_json_set_text(call->hook->pool, object, "person", person_of(call));
}

int epo_api_record_put(epo_call *call, epo_str json) {
    if (!epo_call_may(call))
        return epo_call_over(call);
    struct epo_pool *pool = call->hook->pool;
    struct epo_json *row =
        may(call, "record_put", true) ? read_object(call, "record_put", json) : NULL;
    struct epo_json *errors = epo_json_array(pool), *put;
    struct epo_record record;
    struct epo_error error = {0};
    if (!row)
        return EPO_RC_BROKEN;
    default_person(call, row);
    fill_number(call, row, "key");
    if (!epo_registers_check(call->agenda, pool, EPO_ANSWERS_FROM_JSON, "en", row, &record, errors,
                             &error))
        return epo_call_broken(call, EPO_RC_BROKEN, error.code, "%s", error.text);
    if (errors->count > 0) {
        struct epo_span path = epo_json_get_text(errors->items[0], "path");
        struct epo_span why = epo_json_get_text(errors->items[0], "message");
        return epo_call_broken(call, EPO_RC_BROKEN, "agenda.record",
                               "record_put: \"%.*s\" is wrong: %.*s", EPO_ARG(path), EPO_ARG(why));
    }
    keep_person(call, record.person);
    put = epo_json_object(pool);
    epo_json_set_text(pool, put, "key", record.key);
    epo_json_set_text(pool, put, "person", record.person);
    epo_json_set_text(pool, put, "kind", record.kind);
    epo_json_set_text(pool, put, "data", record.data);
    epo_json_set_text(pool, put, "place", record.place);
    epo_json_set_text(pool, put, "from", record.from);
    epo_json_set_text(pool, put, "until", record.until);
    return say(call, "put", put);
}

int epo_api_record_end(epo_call *call, const char *key, const char *day) {
    struct epo_date date;
    if (!epo_call_may(call))
        return epo_call_over(call);
    if (!may(call, "record_end", true))
        return EPO_RC_BROKEN;
    if (!key || !epo_record_is_key(epo_span(key)) || !day || !epo_date_parse(epo_span(day), &date))
        return epo_call_broken(call, EPO_RC_BROKEN, "agenda.record",
                               "record_end takes the key of a record and its last day");
    struct epo_json *end = epo_json_object(call->hook->pool);
    epo_json_set_string(call->hook->pool, end, "key", key);
    epo_json_set_string(call->hook->pool, end, "day", day);
    return say(call, "end", end);
}

/* Today; of a period that is assessed later, its first day: a duty that the law sets counts then.
 */
static const struct epo_json *day_of(struct epo_call *call) {
    const struct epo_json *today = epo_call_find(call, "today"),
                          *from = call->kind == EPO_HOOK_ASSESS ? epo_call_find(call, "period_from")
                                                                : NULL;
    bool earlier = from && today && memcmp(from->text.at, today->text.at, 10) < 0;
    return earlier ? from : today;
}

int epo_api_ledger_post(epo_call *call, epo_str json) {
    if (!epo_call_may(call))
        return epo_call_over(call);
    struct epo_pool *pool = call->hook->pool;
    struct epo_json *said =
        may(call, "ledger_post", true) ? read_object(call, "ledger_post", json) : NULL;
    struct epo_ledger_entry entry;
    struct epo_error error = {0};
    if (!said)
        return EPO_RC_BROKEN;
    const struct epo_json *today = day_of(call);
    default_person(call, said);
    if (!epo_json_get(said, "day") && today)
        epo_json_set_text(pool, said, "day", today->text);
    fill_number(call, said, "reference");
    fill_number(call, said, "record");
    if (!epo_ledger_read(pool, epo_span(call->agenda->manifest->name), said, &entry, &error))
        return epo_call_broken(call, EPO_RC_BROKEN, error.code, "ledger_post: %s", error.text);
    keep_person(call, entry.person);
    return say(call, "post", said);
}

/* ---- what is read ---- */

static epo_str printed(struct epo_call *call, const struct epo_json *value) {
    if (!value)
        return (epo_str){"null", 4};
    struct epo_span text = epo_json_print(call->hook->pool, value);
    return (epo_str){text.at, text.len};
}

static bool fits(const struct epo_json *row, const struct epo_json *asked, const char *name) {
    struct epo_span wanted = epo_json_get_text(asked, name);
    return wanted.len == 0 || epo_span_equal(epo_json_get_text(row, name), wanted);
}

static struct epo_json *those_that_fit(struct epo_pool *pool, const struct epo_json *rows,
                                       const struct epo_json *asked, const char *const *names) {
    struct epo_json *some = epo_json_array(pool);
    for (uint32_t i = 0; i < rows->count; i++) {
        bool good = true;
        for (size_t j = 0; names[j]; j++)
            good = good && fits(rows->items[i], asked, names[j]);
        if (good)
            epo_json_push(pool, some, rows->items[i]);
    }
    return some;
}

static epo_str broken(struct epo_call *call, const struct epo_error *error) {
    epo_call_broken(call, EPO_RC_BROKEN, error->code, "%s", error->text);
    return (epo_str){"null", 4};
}

static bool has_registers(struct epo_call *call) {
    return call->hook->db && call->hook->portal && !call->hook->given_records;
}

epo_str epo_api_record(epo_call *call, const char *key) {
    struct epo_error error = {0};
    struct epo_json *found = NULL;
    if (!key || !epo_call_may(call) || !may(call, "record", false))
        return (epo_str){"null", 4};
    const struct epo_json *given = call->hook->given_records;
    for (uint32_t i = 0; given && i < given->count; i++)
        if (epo_span_is(epo_json_get_text(given->items[i], "key"), key))
            found = given->items[i];
    if (has_registers(call) &&
        !epo_record_find(call->hook->portal, call->hook->db, call->hook->pool,
                         epo_span(call->agenda->manifest->name), epo_span(key), &found, &error))
        return broken(call, &error);
    call->recorded = found;
    return printed(call, found);
}

epo_str epo_api_records(epo_call *call, epo_str json) {
    static const char *const NAMES[] = {"person", "kind", NULL};
    struct epo_error error = {0};
    struct epo_json *asked = NULL, *found = NULL;
    if (!epo_call_may(call) || !may(call, "records", false) ||
        !(asked = read_object(call, "records", json)))
        return (epo_str){"null", 4};
    struct epo_record_query query = {.agenda = epo_span(call->agenda->manifest->name),
                                     .person = epo_json_get_text(asked, "person"),
                                     .kind = epo_json_get_text(asked, "kind"),
                                     .after = epo_json_get_text(asked, "after"),
                                     .limit = EPO_RECORDS_PAGE_MAX};
    if (call->hook->given_records)
        found = those_that_fit(call->hook->pool, call->hook->given_records, asked, NAMES);
    else if (has_registers(call) && !epo_records_list(call->hook->portal, call->hook->db,
                                                      call->hook->pool, &query, &found, &error))
        return broken(call, &error);
    return printed(call, found ? found : epo_json_array(call->hook->pool));
}

epo_str epo_api_ledger(epo_call *call, epo_str json) {
    static const char *const NAMES[] = {"record", "period", "kind", NULL};
    struct epo_error error = {0};
    struct epo_json *asked = NULL, *all = NULL;
    if (!epo_call_may(call) || !may(call, "ledger", false) ||
        !(asked = read_object(call, "ledger", json)))
        return (epo_str){"null", 4};
    struct epo_pool *pool = call->hook->pool;
    default_person(call, asked);
    if (call->hook->given_records) {
        static const char *const PERSON[] = {"person", NULL};
        const struct epo_json *given = call->hook->given_entries;
        all = given ? those_that_fit(pool, given, asked, PERSON) : NULL;
    } else if (has_registers(call) &&
               !epo_ledger_of_person(call->hook->portal, call->hook->db, pool,
                                     epo_span(call->agenda->manifest->name),
                                     epo_json_get_text(asked, "person"), &all, &error)) {
        return broken(call, &error);
    }
    all = all ? those_that_fit(pool, all, asked, NAMES) : epo_json_array(pool);
    call->entries = all;
    return printed(call, all);
}
