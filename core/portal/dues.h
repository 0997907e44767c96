/* What of a ledger is still to be paid, by when, and what interest runs: derived from the entries
 * of one person in an agenda each time, never stored. Pure.
 *
 * A payment is used in the order of the tax code (Act 280/2009, section 152): what is due by its
 * day, the fee before its interest, the earliest due first; then what falls due later. In private
 * law (Civil Code, Act 89/2012, sections 1932 and 1933) interest goes first, and what the debtor
 * names (the record or the period of the payment) before all else. A remission goes first to the
 * record and period that it names. What is left over waits for the next assessment; a refund takes
 * from that. An entry that is reversed counts as if it had never been.
 *
 * Interest runs from the day after an assessment is due to the day of payment, at the rate of the
 * first day of the half-year in which that begins (Gov. Reg. 351/2013, section 2), by the days of
 * each year; whole haléře, rounded down. */
#ifndef EPO_PORTAL_DUES_H
#define EPO_PORTAL_DUES_H

#include "base/json.h"
#include "base/pool.h"

struct epo_dues_rules {
    bool private_law;
    /* Hundredths of a percent a year in force on that ISO day, 0 to 100000; NULL: no interest. */
    int64_t (*rate)(void *arg, const char *day);
    void *arg;
};

/* entries: array as of epo_ledger_of_person. today: ISO day up to which interest runs. In the pool:
 * {"balance": haléře (below zero: paid too much), "credit": waiting for the next assessment,
 *  "open": all that is to be paid, "overdue": of it what was due before today, "interest": run so
 *  far less what was assessed of it, "next": {"due","haler"} (the earliest that is due today or
 *  later) or null,
 *  "dues": [{"id","kind","record","period","due","haler","paid","remitted","open","late_days",
 *            "interest","parts": [{"from","until" (days of interest),"days","haler" (the base),
 *            "rate" (hundredths of a percent)}]}] in order of due days}
 * balance = open - credit. Unreasonable amounts stay bounded: interest runs 50 years at most. */
struct epo_json *epo_dues_reckon(struct epo_pool *pool, const struct epo_json *entries,
                                 struct epo_span today, const struct epo_dues_rules *rules);

#endif
