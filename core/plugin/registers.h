/* Registers of an agenda: what its records must look like, and what its code writes into them and
 * into the ledger.
 *
 * manifest.json (right "records"):
 *   "records": {"dog": {"title": {"cs": "Pes", "en": "Dog"},
 *                       "fields": [{"id": "chip", "type": "text", …}, …]}}
 * fields are those of a form (forms/form.schema.json), but neither files nor places: a record has a
 * "place" of its own. A field "district" (code) says whose parameters count.
 *   "arrears": {"interest": "late_percent"}   a parameter: percent a year on what is not paid in
 * time (portal/dues.h); without it nothing accrues by itself. */
#ifndef EPO_PLUGIN_REGISTERS_H
#define EPO_PLUGIN_REGISTERS_H

#include "plugin/agenda.h"
#include "portal/ledger.h"
#include "portal/record.h"

#define EPO_RECORD_KINDS_MAX 20

/* Reads the kinds of the manifest into the agenda. */
bool epo_registers_load(struct epo_agenda *agenda, struct epo_faults *faults);
/* The fields of a kind, or NULL where the agenda has no such kind. */
const struct epo_form *epo_registers_kind(const struct epo_agenda *agenda, struct epo_span kind);
/* "dog", "cat": ids of all kinds, in the order of the manifest. */
size_t epo_registers_kinds(const struct epo_agenda *agenda);
const char *epo_registers_kind_id(const struct epo_agenda *agenda, size_t index);
/* Name of a kind for people; its id where it is not declared. */
struct epo_span epo_registers_kind_title(const struct epo_agenda *agenda, struct epo_span kind,
                                         const char *lang);

/* One row as it came: {"key","person"?,"kind"? (may be left out where there is one),"data",
 * "place"?,"from","until"?}. source says how data is written: as the API takes answers, or as
 * people type them. What is wrong goes to errors: {"path","code","message" in lang}; none: record
 * is filled, its texts in the pool or in row. False only when checking itself broke. */
bool epo_registers_check(const struct epo_agenda *agenda, struct epo_pool *pool,
                         enum epo_answers_source source, const char *lang,
                         const struct epo_json *row, struct epo_record *record,
                         struct epo_json *errors, struct epo_error *error);

void epo_registers_free(struct epo_agenda *agenda);

/* Whose request it is, put into the tree as "person"; *person NULL without the right "records".
 * given: the number in tests, or empty. On a worker. */
bool epo_registers_whose(const struct epo_agenda *agenda, struct epo_db *db, struct epo_pool *pool,
                         struct epo_span sender, int64_t case_number, struct epo_span given,
                         struct epo_json *tree, const struct epo_hook_person **person,
                         struct epo_error *error);

/* text with "{number}" replaced, once. */
struct epo_span epo_registers_numbered(struct epo_pool *pool, struct epo_span text,
                                       const char *number);
/* What a hook said of registers, kept in its writes: one item {"put"|"end"|"post"|"person": …}. */
bool epo_registers_is_write(const struct epo_json *item);
/* In a write job: one such item. number: of a new submission, for "{number}" in keys and
 * references; or NULL. posted (may be NULL): of "post". */
bool epo_registers_write(struct epo_agenda *agenda, struct epo_db *db, const struct epo_json *item,
                         const char *number, struct epo_ledger_posted *posted,
                         struct epo_error *error);
/* The entry of a "post"; false: it is none. Points into item and the pool. */
bool epo_registers_entry(struct epo_agenda *agenda, struct epo_pool *pool,
                         const struct epo_json *item, const char *number,
                         struct epo_ledger_entry *entry);

#endif
