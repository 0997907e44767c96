/* The table of epo.h. It only grows at its end: a plugin built against an older one finds every
 * member where it was. */
#include "plugin/call.h"

const epo_host EPO_HOST = {
    .size = sizeof(epo_host),
    .major = EPO_ABI_MAJOR,
    .minor = EPO_ABI_MINOR,
    .get = epo_api_get,
    .json = epo_api_json,
    .set_text = epo_api_set_text,
    .set_integer = epo_api_set_integer,
    .set_real = epo_api_set_real,
    .set_boolean = epo_api_set_boolean,
    .set_json = epo_api_set_json,
    .fail = epo_api_fail,
    .text = epo_api_text,
    .log = epo_api_log,
    .query = epo_api_query,
    .next = epo_api_next,
    .column = epo_api_column,
    .write = epo_api_write,
    .locate = epo_api_locate,
    .column_name = epo_api_column_name,
    .day_number = epo_api_day_number,
    .day_add = epo_api_day_add,
    .day_working = epo_api_day_working,
    .record_put = epo_api_record_put,
    .record_end = epo_api_record_end,
    .ledger_post = epo_api_ledger_post,
    .record = epo_api_record,
    .records = epo_api_records,
    .ledger = epo_api_ledger,
};
