/* The dog fee once more, in C: the peer of lua/agendas/dog_fee for benchmarks, and the proof that
 * an agenda is the same in both (tests/plugins/parity.test.mjs). The registration does the same
 * work, line by line; deregistration and the register of chips are left out. */
#include <stdio.h>
#include <string.h>

#include "epo.h"

#define CAP_HALER 150000
#define CAP_SENIOR_HALER 20000
#define INSTALMENTS_MAX 8
#define TEXT(literal) ((epo_str){"" literal, sizeof(literal) - 1})

/* ---- days ---- */

struct day {
    int year, month, day;
};

static int digits(const char *at, int count) {
    int value = 0;
    for (int i = 0; i < count; i++)
        value = value * 10 + (at[i] - '0');
    return value;
}

static int split(epo_str text, struct day *day) {
    if (text.len != 10)
        return 0;
    *day = (struct day){digits(text.at, 4), digits(text.at + 5, 2), digits(text.at + 8, 2)};
    return 1;
}

static int days_in(int year, int month) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return lengths[month - 1] + (month == 2 && leap);
}

static int compare(struct day a, struct day b) {
    int x = (a.year * 100 + a.month) * 100 + a.day, y = (b.year * 100 + b.month) * 100 + b.day;
    return (x > y) - (x < y);
}

static int64_t number_of(struct day at) {
    int64_t y = at.year, m = at.month;
    if (m <= 2) {
        y -= 1;
        m += 12;
    }
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * (m - 3) + 2) / 5 + at.day - 1 - 719468;
}

static struct day add_months(struct day at, int count) {
    int months = at.year * 12 + at.month - 1 + count;
    struct day sum = {months / 12, months % 12 + 1, at.day};
    if (sum.day > days_in(sum.year, sum.month))
        sum.day = days_in(sum.year, sum.month);
    return sum;
}

static struct day add_days(struct day at, int count) {
    at.day += count;
    while (at.day > days_in(at.year, at.month)) {
        at.day -= days_in(at.year, at.month);
        if (++at.month > 12)
            at = (struct day){at.year + 1, 1, at.day};
    }
    return at;
}

static struct day easter(int year) {
    int a = year % 19, b = year / 100, c = year % 100;
    int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
    return (struct day){year, n / 31, n % 31 + 1};
}

static int is_working(struct day at) {
    static const int holidays[] = {101, 501, 508, 705, 706, 928, 1028, 1117, 1224, 1225, 1226};
    int64_t number = number_of(at), weekday = (number + 4) % 7;
    int64_t after_easter = number - number_of(easter(at.year));
    if (weekday == 0 || weekday == 6 || after_easter == -2 || after_easter == 1)
        return 0;
    for (size_t i = 0; i < sizeof holidays / sizeof *holidays; i++)
        if (holidays[i] == at.month * 100 + at.day)
            return 0;
    return 1;
}

static struct day working_day(struct day at) {
    while (!is_working(at))
        at = add_days(at, 1);
    return at;
}

/* ---- the fee ---- */

struct run {
    const epo_host *host;
    epo_call *call;
    int lines;
};

static epo_item get(const struct run *run, const char *path) {
    return run->host->get(run->call, path);
}

static int is(epo_str text, const char *word) {
    return text.len == strlen(word) && memcmp(text.at, word, text.len) == 0;
}

static void line(struct run *run, const char *key) {
    char path[64];
    snprintf(path, sizeof path, "explain.%d.key", run->lines++);
    run->host->set_text(run->call, path, (epo_str){key, strlen(key)});
}

static void put(struct run *run, const char *name, int64_t value) {
    char path[96];
    snprintf(path, sizeof path, "explain.%d.values.%s", run->lines - 1, name);
    run->host->set_integer(run->call, path, value);
}

static void put_text(struct run *run, const char *name, epo_str value) {
    char path[96];
    snprintf(path, sizeof path, "explain.%d.values.%s", run->lines - 1, name);
    run->host->set_text(run->call, path, value);
}

static void put_day(struct run *run, const char *name, struct day at) {
    char text[48];
    int length = snprintf(text, sizeof text, "%04d-%02d-%02d", at.year, at.month, at.day);
    put_text(run, name, (epo_str){text, (size_t)length});
}

static int64_t year_rate(struct run *run, struct day from) {
    char path[96];
    epo_str house = get(run, "answers.house_kind").text;
    snprintf(path, sizeof path, "parameters.year_haler.%.*s", (int)house.len, house.at);
    int64_t rate = get(run, path).integer, cap = CAP_HALER;
    struct day born;
    line(run, "fee.house");
    snprintf(path, sizeof path, "house.%.*s", (int)house.len, house.at);
    put_text(run, "house.text", (epo_str){path, strlen(path)});
    put(run, "rate.money", rate);
    int64_t age = get(run, "parameters.senior_age").integer;
    int64_t senior = get(run, "parameters.senior_haler").integer;
    if (split(get(run, "answers.birth_date").text, &born) &&
        compare(add_months(born, (int)age * 12), from) < 0 && senior < rate) {
        rate = senior;
        cap = CAP_SENIOR_HALER;
        line(run, "fee.senior");
        put(run, "age", age);
        put(run, "rate.money", rate);
    }
    if (get(run, "answers.other_dogs").integer > 0) {
        int64_t percent = get(run, "parameters.next_dog_percent").integer;
        rate = rate * (100 + percent) / 100;
        cap = cap * 3 / 2;
        line(run, "fee.next_dog");
        put(run, "percent", percent);
        put(run, "rate.money", rate);
    }
    return rate < cap ? rate : cap;
}

static int64_t whole_crowns(int64_t haler) {
    return (haler + 99) / 100 * 100;
}

/* Days on which it can still be paid in time, else one soon. */
static int instalments(const struct run *run, struct day from, struct day today,
                       struct day dates[INSTALMENTS_MAX]) {
    struct day at;
    int count = 0, offered;
    char path[96], list[64];
    epo_str payment = get(run, "answers.payment").text;
    snprintf(list, sizeof list, "parameters.due.%.*s", (int)payment.len, payment.at);
    offered = get(run, list).count;
    for (int i = 0; i < offered && count < INSTALMENTS_MAX; i++) {
        snprintf(path, sizeof path, "%s.%d", list, i);
        epo_str text = get(run, path).text;
        if (text.len != 5)
            continue;
        at = working_day((struct day){from.year, digits(text.at, 2), digits(text.at + 3, 2)});
        if (compare(at, today) >= 0 && compare(at, from) >= 0)
            dates[count++] = at;
    }
    if (count == 0)
        dates[count++] = working_day(add_days(compare(from, today) > 0 ? from : today,
                                              (int)get(run, "parameters.notice_days").integer));
    return count;
}

static void explain_instalments(struct run *run, int64_t fee, struct day from, struct day today) {
    struct day dates[INSTALMENTS_MAX];
    int count = instalments(run, from, today, dates);
    for (int i = 0; i < count; i++) {
        int64_t part = whole_crowns(fee / (count - i));
        line(run, "fee.due");
        put_day(run, "due.date", dates[i]);
        put(run, "total.money", part);
        fee -= part;
    }
}

/* The day on which the duty arises, and the first of this year's; 0 while something it hangs on is
 * not answered. */
static int read_days(const struct run *run, struct day *duty, struct day *from, struct day *today) {
    struct day held, born;
    if (!split(get(run, "answers.held_since").text, &held) ||
        !split(get(run, "answers.dog_born").text, &born) || !split(get(run, "today").text, today) ||
        get(run, "answers.relief").text.len == 0 || get(run, "answers.house_kind").text.len == 0 ||
        get(run, "answers.other_dogs").kind != EPO_KIND_INTEGER)
        return 0;
    *duty = add_months(born, 3);
    if (compare(held, *duty) > 0)
        *duty = held;
    *from = duty->year < today->year ? (struct day){today->year, 1, 1} : *duty;
    return 1;
}

static int compute(void *self, epo_call *call) {
    struct run run = {self, call, 0};
    struct day duty, from, today;
    char path[96];
    epo_str relief = get(&run, "answers.relief").text;
    if (!read_days(&run, &duty, &from, &today))
        return EPO_RC_OK;
    if (!is(relief, "none")) {
        run.host->set_integer(call, "fee", 0);
        line(&run, "fee.exempt");
        snprintf(path, sizeof path, "relief.%.*s", (int)relief.len, relief.at);
        put_text(&run, "reason.text", (epo_str){path, strlen(path)});
        return EPO_RC_OK;
    }
    int64_t rate = year_rate(&run, from);
    int months = 13 - from.month;
    int64_t fee = whole_crowns(rate * months / 12);
    run.host->set_integer(call, "fee", fee);
    if (compare(duty, today) > 0) {
        line(&run, "fee.later");
        put_day(&run, "day.date", duty);
    }
    if (months < 12) {
        line(&run, "fee.months");
        put(&run, "months", months);
        put(&run, "rate.money", rate);
        put(&run, "total.money", fee);
    }
    if (compare(from, duty) != 0) {
        line(&run, "fee.past_years");
        put_day(&run, "since.date", duty);
    }
    explain_instalments(&run, fee, from, today);
    return EPO_RC_OK;
}

/* ---- the agenda's word ---- */

static int check(void *self, epo_call *call) {
    struct run run = {self, call, 0};
    const epo_host *host = self;
    struct day held, born;
    epo_item chip = get(&run, "answers.chip");
    epo_str relief = get(&run, "answers.relief").text;
    int rc = EPO_RC_OK;
    if (split(get(&run, "answers.held_since").text, &held) &&
        split(get(&run, "answers.dog_born").text, &born) && compare(held, born) < 0)
        rc = host->fail(call, EPO_RC_BAD_INPUT, "answers.held_since", "held_before_born",
                        TEXT("held before born"));
    if (is(get(&run, "answers.holder_kind").text, "company") &&
        (is(relief, "blind") || is(relief, "dependent") || is(relief, "card")))
        rc = host->fail(call, EPO_RC_BAD_INPUT, "answers.relief", "relief_of_person",
                        TEXT("for people only"));
    if (chip.kind == EPO_KIND_TEXT) {
        epo_result *rows = host->query(call, "find_chip", &chip, 1);
        if (rows == NULL)
            return EPO_RC_BROKEN;
        if (host->next(rows)) {
            while (host->next(rows))
                ;
            rc = host->fail(call, EPO_RC_BAD_INPUT, "answers.chip", "chip_registered",
                            TEXT("registered"));
        }
    }
    return rc;
}

static int submitted(void *self, epo_call *call) {
    struct run run = {self, call, 0};
    struct day duty, from, today, dates[INSTALMENTS_MAX];
    if (!is(get(&run, "answers.relief").text, "none") || !read_days(&run, &duty, &from, &today) ||
        get(&run, "values.fee").integer == 0)
        return EPO_RC_OK;
    char text[48];
    instalments(&run, from, today, dates);
    int length =
        snprintf(text, sizeof text, "%04d-%02d-%02d", dates[0].year, dates[0].month, dates[0].day);
    return run.host->set_text(call, "due", (epo_str){text, (size_t)length});
}

static int start(const epo_host *host, void **self) {
    *self = (void *)(uintptr_t)host;
    return 0;
}

static const epo_plugin PLUGIN = {
    .magic = EPO_PLUGIN_MAGIC,
    .major = EPO_ABI_MAJOR,
    .minor = EPO_ABI_MINOR,
    .size = sizeof(epo_plugin),
    .name = "dog_fee_c",
    .version = "1.0.0",
    .license = "EUPL-1.2",
    .start = start,
    .compute = compute,
    .check = check,
    .submitted = submitted,
};

const epo_plugin *epo_plugin_descriptor(void) {
    return &PLUGIN;
}
