#include "portal/dues.h"

#include "base/clock.h"
#include "base/error.h"

#define INTEREST_DAYS_MAX (50 * 366)
#define RATE_MAX 100000
#define RATE_WHOLE 10000 /* hundredths of a percent in one */

/* A part of a due that was settled. */
struct settled {
    int64_t day, haler;
    struct settled *next;
};

struct due {
    const struct epo_json *entry;
    int64_t due_day; /* since 1970 */
    int64_t haler, paid, remitted;
    bool interest; /* itself is interest */
    struct settled *first, *last;
};

/* What was paid and is not used yet. */
struct credit {
    const struct epo_json *entry;
    int64_t day, haler;
    bool remission;
};

struct reckoning {
    struct epo_pool *pool;
    const struct epo_dues_rules *rules;
    struct due *dues;
    struct credit *credits;
    size_t due_count, credit_count;
};

static int64_t day_of(const struct epo_json *entry, const char *name) {
    struct epo_date date;
    return epo_date_parse(epo_json_get_text(entry, name), &date) ? epo_date_days(date) : 0;
}

static int64_t open_of(const struct due *due) {
    return due->haler - due->paid - due->remitted;
}

/* ---- using payments ---- */

static bool names(const struct epo_json *credit, const struct epo_json *due) {
    struct epo_span record = epo_json_get_text(credit, "record"),
                    period = epo_json_get_text(credit, "period");
    return record.len + period.len > 0 &&
           (record.len == 0 || epo_span_equal(record, epo_json_get_text(due, "record"))) &&
           (period.len == 0 || epo_span_equal(period, epo_json_get_text(due, "period")));
}

/* The lower, the sooner it is paid. */
static int rank(const struct reckoning *reckoning, const struct credit *credit,
                const struct due *due) {
    bool named = credit->remission || reckoning->rules->private_law;
    if (named && names(credit->entry, due->entry))
        return 0;
    if (due->due_day > credit->day)
        return 3;
    return due->interest == reckoning->rules->private_law ? 1 : 2;
}

static struct due *choose(struct reckoning *reckoning, const struct credit *credit) {
    struct due *best = NULL;
    int best_rank = 0;
    for (size_t i = 0; i < reckoning->due_count; i++) {
        struct due *due = &reckoning->dues[i];
        if (open_of(due) == 0)
            continue;
        int its = rank(reckoning, credit, due);
        if (best == NULL || its < best_rank || (its == best_rank && due->due_day < best->due_day)) {
            best = due;
            best_rank = its;
        }
    }
    return best;
}

static void use(struct reckoning *reckoning, struct credit *credit) {
    struct due *due;
    while (credit->haler > 0 && (due = choose(reckoning, credit)) != NULL) {
        int64_t part = credit->haler < open_of(due) ? credit->haler : open_of(due);
        struct settled *settled = EPO_NEW(reckoning->pool, struct settled);
        *settled = (struct settled){credit->day, part, NULL};
        if (due->last != NULL)
            due->last->next = settled;
        else
            due->first = settled;
        due->last = settled;
        *(credit->remission ? &due->remitted : &due->paid) += part;
        credit->haler -= part;
    }
}

static void add_due(struct reckoning *reckoning, const struct epo_json *entry, int64_t haler) {
    bool has_due = epo_json_get_text(entry, "due").len > 0;
    reckoning->dues[reckoning->due_count++] =
        (struct due){.entry = entry,
                     .due_day = day_of(entry, has_due ? "due" : "day"),
                     .haler = haler,
                     .interest = epo_span_is(epo_json_get_text(entry, "kind"), "interest")};
    for (size_t i = 0; i < reckoning->credit_count; i++)
        if (reckoning->credits[i].haler > 0)
            use(reckoning, &reckoning->credits[i]);
}

/* What was given back: of what waited; more than that is owed again. */
static void add_refund(struct reckoning *reckoning, const struct epo_json *entry) {
    int64_t haler = epo_json_get_integer(entry, "haler", 0);
    for (size_t i = 0; i < reckoning->credit_count && haler > 0; i++) {
        struct credit *credit = &reckoning->credits[i];
        int64_t part = credit->haler < haler ? credit->haler : haler;
        credit->haler -= part;
        haler -= part;
    }
    if (haler > 0)
        add_due(reckoning, entry, haler);
}

static void add_entry(struct reckoning *reckoning, const struct epo_json *entry) {
    struct epo_span kind = epo_json_get_text(entry, "kind");
    if (epo_span_is(kind, "reversal") || epo_json_get(entry, "reversed_by") != NULL)
        return;
    if (epo_span_is(kind, "refund")) {
        add_refund(reckoning, entry);
    } else if (epo_span_is(kind, "assessment") || epo_span_is(kind, "interest")) {
        add_due(reckoning, entry, epo_json_get_integer(entry, "haler", 0));
    } else {
        struct credit *credit = &reckoning->credits[reckoning->credit_count++];
        *credit =
            (struct credit){entry, day_of(entry, "day"), epo_json_get_integer(entry, "haler", 0),
                            epo_span_is(kind, "remission")};
        use(reckoning, credit);
    }
}

/* ---- interest ---- */

/* Haléře times days, by the length of the year. */
struct interest {
    int64_t common, leap;
};

static bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The days from + 1 … until. */
static void run_days(struct interest *interest, int64_t haler, int64_t from, int64_t until) {
    while (from < until) {
        int year = epo_date_from_days(from + 1).year;
        int64_t last = epo_date_days((struct epo_date){year, 12, 31});
        int64_t days = (last < until ? last : until) - from;
        *(is_leap(year) ? &interest->leap : &interest->common) += haler * days;
        from += days;
    }
}

/* base × rate / whole without leaving 64 bits; below: what is left of the division. */
static int64_t share(int64_t base, int64_t rate, int64_t whole, int64_t *rest) {
    *rest = base % whole * rate;
    return base / whole * rate + *rest / whole;
}

static int64_t haler_of(const struct interest *interest, int64_t rate) {
    int64_t common_whole = (int64_t)RATE_WHOLE * 365, leap_whole = (int64_t)RATE_WHOLE * 366;
    int64_t common_rest, leap_rest;
    int64_t whole = share(interest->common, rate, common_whole, &common_rest) +
                    share(interest->leap, rate, leap_whole, &leap_rest);
    int64_t parts = common_rest % common_whole * leap_whole + leap_rest % leap_whole * common_whole;
    return whole + parts / (common_whole * leap_whole);
}

static int64_t rate_of(const struct reckoning *reckoning, int64_t first_day) {
    char day[EPO_TIME_SIZE];
    struct epo_date half = epo_date_from_days(first_day);
    if (reckoning->rules->rate == NULL)
        return 0;
    half.month = half.month <= 6 ? 1 : 7;
    half.day = 1;
    int64_t rate = reckoning->rules->rate(reckoning->rules->arg, epo_date_iso(half, day));
    return rate < 0 ? 0 : rate > RATE_MAX ? RATE_MAX : rate;
}

static void add_part(struct reckoning *reckoning, struct epo_json *parts, int64_t haler,
                     int64_t from, int64_t until, int64_t rate) {
    struct epo_pool *pool = reckoning->pool;
    struct epo_json *part = epo_json_object(pool);
    char day[EPO_TIME_SIZE];
    epo_json_set_string(pool, part, "from", epo_date_iso(epo_date_from_days(from + 1), day));
    epo_json_set_string(pool, part, "until", epo_date_iso(epo_date_from_days(until), day));
    epo_json_set_integer(pool, part, "days", until - from);
    epo_json_set_integer(pool, part, "haler", haler);
    epo_json_set_integer(pool, part, "rate", rate);
    epo_json_push(pool, parts, part);
}

static int64_t interest_of(struct reckoning *reckoning, const struct due *due, int64_t today,
                           struct epo_json *parts) {
    struct interest interest = {0};
    int64_t base = due->haler, from = due->due_day;
    int64_t rate = due->interest ? 0 : rate_of(reckoning, due->due_day + 1);
    if (today > due->due_day + INTEREST_DAYS_MAX)
        today = due->due_day + INTEREST_DAYS_MAX;
    if (rate == 0 || !epo_span_is(epo_json_get_text(due->entry, "kind"), "assessment"))
        return 0;
    for (const struct settled *settled = due->first; base > 0; settled = settled->next) {
        int64_t until = settled != NULL && settled->day < today ? settled->day : today;
        if (until > from) {
            run_days(&interest, base, from, until);
            add_part(reckoning, parts, base, from, until, rate);
            from = until;
        }
        if (settled == NULL)
            break;
        base -= settled->haler;
    }
    return haler_of(&interest, rate);
}

/* ---- the outcome ---- */

static int by_due(const void *a, const void *b) {
    const struct due *first = a, *second = b;
    if (first->due_day != second->due_day)
        return first->due_day < second->due_day ? -1 : 1;
    int64_t difference =
        epo_json_get_integer(first->entry, "id", 0) - epo_json_get_integer(second->entry, "id", 0);
    return difference < 0 ? -1 : difference > 0;
}

static struct epo_json *describe(struct reckoning *reckoning, const struct due *due, int64_t today,
                                 int64_t *interest) {
    static const char *const NAMES[] = {"kind", "record", "period"};
    struct epo_pool *pool = reckoning->pool;
    struct epo_json *row = epo_json_object(pool), *parts = epo_json_array(pool);
    char day[EPO_TIME_SIZE];
    int64_t late = open_of(due) > 0 && today > due->due_day ? today - due->due_day : 0;
    *interest = interest_of(reckoning, due, today, parts);
    epo_json_set_integer(pool, row, "id", epo_json_get_integer(due->entry, "id", 0));
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        epo_json_set_text(pool, row, NAMES[i], epo_json_get_text(due->entry, NAMES[i]));
    epo_json_set_string(pool, row, "due", epo_date_iso(epo_date_from_days(due->due_day), day));
    epo_json_set_integer(pool, row, "haler", due->haler);
    epo_json_set_integer(pool, row, "paid", due->paid);
    epo_json_set_integer(pool, row, "remitted", due->remitted);
    epo_json_set_integer(pool, row, "open", open_of(due));
    epo_json_set_integer(pool, row, "late_days", late);
    epo_json_set_integer(pool, row, "interest", *interest);
    epo_json_set(pool, row, "parts", parts);
    return row;
}

/* Interest that was assessed and not reversed. */
static int64_t assessed_interest(const struct reckoning *reckoning) {
    int64_t haler = 0;
    for (size_t i = 0; i < reckoning->due_count; i++)
        haler += reckoning->dues[i].interest ? reckoning->dues[i].haler : 0;
    return haler;
}

static struct epo_json *sum_up(struct reckoning *reckoning, int64_t today) {
    struct epo_pool *pool = reckoning->pool;
    struct epo_json *all = epo_json_object(pool), *rows = epo_json_array(pool);
    int64_t open = 0, overdue = 0, credit = 0, interest = 0, next_day = 0, next = 0;
    for (size_t i = 0; i < reckoning->due_count; i++) {
        const struct due *due = &reckoning->dues[i];
        int64_t its;
        epo_json_push(pool, rows, describe(reckoning, due, today, &its));
        interest += its;
        open += open_of(due);
        if (due->due_day < today)
            overdue += open_of(due);
        else if (open_of(due) > 0 && (next == 0 || due->due_day == next_day)) {
            next_day = due->due_day;
            next += open_of(due);
        }
    }
    for (size_t i = 0; i < reckoning->credit_count; i++)
        credit += reckoning->credits[i].haler;
    interest -= assessed_interest(reckoning);
    epo_json_set_integer(pool, all, "balance", open - credit);
    epo_json_set_integer(pool, all, "credit", credit);
    epo_json_set_integer(pool, all, "open", open);
    epo_json_set_integer(pool, all, "overdue", overdue);
    epo_json_set_integer(pool, all, "interest", interest > 0 ? interest : 0);
    struct epo_json *soon = next > 0 ? epo_json_object(pool) : epo_json_null(pool);
    if (next > 0) {
        char day[EPO_TIME_SIZE];
        epo_json_set_string(pool, soon, "due", epo_date_iso(epo_date_from_days(next_day), day));
        epo_json_set_integer(pool, soon, "haler", next);
    }
    epo_json_set(pool, all, "next", soon);
    epo_json_set(pool, all, "dues", rows);
    return all;
}

struct epo_json *epo_dues_reckon(struct epo_pool *pool, const struct epo_json *entries,
                                 struct epo_span today, const struct epo_dues_rules *rules) {
    struct reckoning reckoning = {.pool = pool, .rules = rules};
    struct epo_date date;
    epo_assert(epo_date_parse(today, &date));
    reckoning.dues = EPO_NEW_ARRAY(pool, struct due, entries->count + 1);
    reckoning.credits = EPO_NEW_ARRAY(pool, struct credit, entries->count + 1);
    for (uint32_t i = 0; i < entries->count; i++)
        add_entry(&reckoning, entries->items[i]);
    qsort(reckoning.dues, reckoning.due_count, sizeof *reckoning.dues, by_due);
    return sum_up(&reckoning, epo_date_days(date));
}
