/* What an agenda holds of one person: its records, what was assessed and paid, what is due, how to
 * pay, and the statement of it. One view for the account's pages, the clerk's page, PDF and CSV. */
#ifndef EPO_HTTP_PERSON_VIEW_H
#define EPO_HTTP_PERSON_VIEW_H

#include "http/pages.h"

#define EPO_PERSON_RECORDS_SHOWN 200
#define EPO_PERSON_CASES_SHOWN 50

struct epo_person_view {
    struct epo_agenda *agenda;   /* released by the pool */
    struct epo_span person;      /* number in the agenda */
    struct epo_span from, until; /* ISO days of the statement; empty: without a bound */
    struct epo_json *records, *entries, *dues, *cases; /* as portal/ gives them */
    struct epo_json *parameters; /* in force today, of the records' district */
};

/* Whose data the signed-in person looks at in the agenda: own ones, or those of whom it acts for
 * (http/acting.h). Empty: there are none. The one place that decides it. */
bool epo_person_whose(struct epo_request *request, struct epo_span agenda,
                      char person[EPO_PERSON_NUMBER_SIZE], struct epo_error *error);

/* Reads all of it. False with NOT_FOUND where the agenda is not there. from and until are taken
 * from the query. */
bool epo_person_view_read(struct epo_request *request, struct epo_span agenda,
                          struct epo_span person, struct epo_person_view *view,
                          struct epo_error *error);
/* {"person","title","balance_text","owes" (bool),"overpaid" (bool),"overdue_text" or "",
 * "interest_text" or "","credit_text" or "","next" {due_text, amount_text} or absent,
 * "records" [{key, kind, from_text, until_text, rows [{label, text}]}],
 * "dues" [{period, record, kind, due_text, amount_text, open_text, paid (bool), late_text,
 *   interest_text, parts [text]}],
 * "entries" [{id, day_text, kind, period, record, plus_text, minus_text, due_text, explain [text],
 *   note, reversed (bool), reversible (bool)}], "opening_text","closing_text",
 * "from","until" (as given), "payment" {local, iban, symbol, amount_text, code, path, side} or
 * absent, "cases" [{number, title, state_key, received_text}], "forms" [{url, title}]} */
struct epo_json *epo_person_view_model(struct epo_request *request,
                                       const struct epo_person_view *view);

/* statement.c */
struct epo_response *epo_statement_pdf(struct epo_request *request,
                                       const struct epo_person_view *view);
struct epo_response *epo_statement_csv(struct epo_request *request,
                                       const struct epo_person_view *view);

/* account_agendas.c */
struct epo_response *epo_account_agendas(struct epo_request *request);
struct epo_response *epo_account_agenda(struct epo_request *request);
struct epo_response *epo_account_statement(struct epo_request *request);

/* office_person.c */
struct epo_response *epo_office_person_get(struct epo_request *request);
struct epo_response *epo_office_person_post(struct epo_request *request);

/* api_registers.c */
struct epo_response *epo_api_records_get(struct epo_request *request);
struct epo_response *epo_api_records_post(struct epo_request *request);
struct epo_response *epo_api_ledger_get(struct epo_request *request);
struct epo_response *epo_api_ledger_bulk(struct epo_request *request);

#endif
