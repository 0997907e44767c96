#include "plugin/organization_use.h"

#include <pthread.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"

#define MINUTE_US 60000000LL
enum { METERS_MAX = 2 * EPO_ORGANIZATIONS_MAX }; /* also those that were removed since the start */

static const struct epo_setting ROWS[] = {
    {"native", EPO_JSON_BOOLEAN, 0, 1, 0, false, false,
     "organizations may bring agendas in C, which are trusted code in the portal's process"},
    {"calls_at_once", EPO_JSON_INTEGER, 1, 64, 3, false, false,
     "hooks of one organization that run at the same time; each may use lua.memory_bytes and 8 MiB "
     "of the host's memory"},
    {"cpu_ms_per_minute", EPO_JSON_INTEGER, 100, 60000 * 64, 20000, false, false,
     "time of a processor that all hooks of one organization may use in a minute"},
    {"rows", EPO_JSON_INTEGER, 0, INT64_C(1) << 40, 200000, false, false,
     "rows in all own tables of one organization"},
    {"table_bytes", EPO_JSON_INTEGER, 1 << 16, INT64_C(1) << 40, 256 << 20, false, false,
     "bytes of all own tables of one organization"},
    {"attachment_bytes", EPO_JSON_INTEGER, 0, INT64_C(1) << 44, INT64_C(1) << 30, false, false,
     "bytes of all files kept with requests to one organization"},
};
const struct epo_setting_group epo_organization_settings = {"organizations", ROWS,
                                                            sizeof ROWS / sizeof *ROWS};

static int64_t bound(const struct epo_json *settings, const char *name) {
    return epo_setting_get(&epo_organization_settings,
                           epo_json_get(settings, epo_organization_settings.name), name);
}

/* ---- counting ---- */

/* Its tables are called like its agendas; '`' comes after '_'. */
static const struct epo_statement COUNT_TABLES = {
    "organization.tables",
    "SELECT COALESCE(SUM(s.pgsize), 0),\n"
    "    COALESCE(SUM(CASE WHEN s.pagetype = 'leaf' AND m.type = 'table' THEN s.ncell END), 0)\n"
    "FROM sqlite_master AS m JOIN dbstat AS s ON s.name = m.name\n"
    "WHERE m.tbl_name > $1 || '_' AND m.tbl_name < $1 || '`'",
    NULL,
};
static const struct epo_statement COUNT_KEPT = {
    "organization.kept",
    "SELECT (SELECT COUNT(*) FROM submissions\n"
    "        WHERE tenant = $1 AND agenda > $2 || '_' AND agenda < $2 || '`'),\n"
    "    (SELECT COALESCE(SUM(a.bytes), 0) FROM attachments AS a\n"
    "        JOIN submissions AS s ON s.tenant = a.tenant\n"
    "            AND s.number = CAST(substr(a.owner, instr(a.owner, '-') + 1) AS INTEGER)\n"
    "        WHERE a.tenant = $1 AND a.owner <> '' AND a.owner LIKE 'submission/%'\n"
    "            AND s.agenda > $2 || '_' AND s.agenda < $2 || '`')",
    NULL,
};

bool epo_organization_count(struct epo_portal *portal, struct epo_db *db, struct epo_span name,
                            struct epo_organization_use *use, struct epo_error *error) {
    *use = (struct epo_organization_use){0};
    struct epo_rows *rows = epo_db_query(db, &COUNT_TABLES, EPO_BIND(EPO_TEXT(name)));
    if (epo_rows_next(rows)) {
        use->table_bytes = epo_rows_integer(rows, 0);
        use->rows = epo_rows_integer(rows, 1);
    }
    if (!epo_rows_end(rows, error))
        return false;
    rows = epo_db_query(db, &COUNT_KEPT, EPO_BIND(EPO_STRING(portal->tenant), EPO_TEXT(name)));
    if (epo_rows_next(rows)) {
        use->submissions = epo_rows_integer(rows, 0);
        use->attachment_bytes = epo_rows_integer(rows, 1);
    }
    return epo_rows_end(rows, error);
}

/* ---- meters ---- */

static struct epo_meter meters[METERS_MAX];
static size_t meter_count;
static pthread_mutex_t meters_lock = PTHREAD_MUTEX_INITIALIZER;

struct epo_meter *epo_meter_of(struct epo_span name) {
    struct epo_meter *found = NULL;
    pthread_mutex_lock(&meters_lock);
    for (size_t i = 0; found == NULL && i < meter_count; i++)
        if (epo_span_is(name, meters[i].name))
            found = &meters[i];
    if (found == NULL && meter_count < METERS_MAX) {
        found = &meters[meter_count++];
        epo_span_store(found->name, sizeof found->name, name);
    }
    pthread_mutex_unlock(&meters_lock);
    return found;
}

size_t epo_meters(struct epo_meter **out, size_t room) {
    pthread_mutex_lock(&meters_lock);
    size_t count = meter_count < room ? meter_count : room;
    for (size_t i = 0; i < count; i++)
        out[i] = &meters[i];
    pthread_mutex_unlock(&meters_lock);
    return count;
}

int64_t epo_meter_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

static bool over(struct epo_meter *meter, struct epo_error *error, const char *code,
                 const char *text) {
    atomic_fetch_add(&meter->refused, 1);
    return epo_fail(error, EPO_ERROR_BUSY, code, text, meter->name);
}

/* Two that begin a minute at once may each forget the other's part: a bound, not an account. */
static int64_t used_this_minute(struct epo_meter *meter) {
    int64_t minute = epo_clock_monotonic_us() / MINUTE_US;
    if (atomic_exchange(&meter->minute, minute) != minute)
        atomic_store(&meter->minute_cpu_us, 0);
    return atomic_load(&meter->minute_cpu_us);
}

bool epo_meter_enter(struct epo_meter *meter, const struct epo_json *settings,
                     struct epo_error *error) {
    if (meter == NULL)
        return true;
    if (used_this_minute(meter) > bound(settings, "cpu_ms_per_minute") * 1000)
        return over(meter, error, "organization.cpu",
                    "The organization %s has used up its time for this minute.");
    if (atomic_fetch_add(&meter->under_way, 1) >= bound(settings, "calls_at_once")) {
        atomic_fetch_sub(&meter->under_way, 1);
        return over(meter, error, "organization.busy",
                    "The organization %s has as many requests under way as it may have.");
    }
    return true;
}

void epo_meter_leave(struct epo_meter *meter, int64_t cpu_us) {
    if (meter == NULL)
        return;
    atomic_fetch_sub(&meter->under_way, 1);
    atomic_fetch_add(&meter->calls, 1);
    atomic_fetch_add(&meter->cpu_us, cpu_us);
    used_this_minute(meter);
    atomic_fetch_add(&meter->minute_cpu_us, cpu_us);
}

/* What the database says, at most once a minute; what cannot be read now stays as it was. */
static void count_again(struct epo_meter *meter, struct epo_portal *portal, struct epo_db *db) {
    int64_t now = epo_clock_monotonic_us(), before = atomic_load(&meter->counted_at_us);
    struct epo_organization_use use;
    if (db == NULL || (before != 0 && now - before < MINUTE_US) ||
        !atomic_compare_exchange_strong(&meter->counted_at_us, (long long *)&before, now) ||
        !epo_organization_count(portal, db, epo_span(meter->name), &use, NULL))
        return;
    atomic_store(&meter->rows, use.rows);
    atomic_store(&meter->table_bytes, use.table_bytes);
    atomic_store(&meter->attachment_bytes, use.attachment_bytes);
}

bool epo_meter_may_write(struct epo_meter *meter, struct epo_portal *portal, struct epo_db *db,
                         const char *sql, struct epo_error *error) {
    if (meter == NULL || strncasecmp(sql, "DELETE", 6) == 0)
        return true;
    const struct epo_json *settings = epo_portal_settings(portal);
    count_again(meter, portal, db);
    if (atomic_load(&meter->rows) >= bound(settings, "rows") ||
        atomic_load(&meter->table_bytes) >= bound(settings, "table_bytes"))
        return over(meter, error, "organization.full",
                    "The tables of the organization %s hold as much as they may.");
    atomic_fetch_add(&meter->rows, 1); /* until it is counted again */
    return true;
}

bool epo_meter_may_keep(struct epo_meter *meter, struct epo_portal *portal, struct epo_db *db,
                        int64_t bytes, struct epo_error *error) {
    if (meter == NULL || bytes == 0)
        return true;
    count_again(meter, portal, db);
    if (atomic_load(&meter->attachment_bytes) + bytes >
        bound(epo_portal_settings(portal), "attachment_bytes"))
        return over(meter, error, "organization.files",
                    "The files sent to the organization %s take up as much as they may.");
    atomic_fetch_add(&meter->attachment_bytes, bytes);
    return true;
}

void epo_meters_write(struct epo_buffer *out) {
    static const struct {
        const char *name, *kind;
        size_t at;
        double unit;
    } LINES[] = {
        {"epo_organization_calls_total", "counter", offsetof(struct epo_meter, calls), 1},
        {"epo_organization_refused_total", "counter", offsetof(struct epo_meter, refused), 1},
        {"epo_organization_cpu_seconds_total", "counter", offsetof(struct epo_meter, cpu_us), 1e6},
        {"epo_organization_rows", "gauge", offsetof(struct epo_meter, rows), 1},
        {"epo_organization_table_bytes", "gauge", offsetof(struct epo_meter, table_bytes), 1},
        {"epo_organization_attachment_bytes", "gauge", offsetof(struct epo_meter, attachment_bytes),
         1},
    };
    struct epo_meter *all[METERS_MAX];
    size_t count = epo_meters(all, METERS_MAX);
    for (size_t l = 0; count > 0 && l < sizeof LINES / sizeof *LINES; l++) {
        epo_buffer_printf(out, "# TYPE %s %s\n", LINES[l].name, LINES[l].kind);
        for (size_t i = 0; i < count; i++) {
            const atomic_llong *value = (const void *)((const char *)all[i] + LINES[l].at);
            epo_buffer_printf(out, "%s{organization=\"%s\"} %.15g\n", LINES[l].name, all[i]->name,
                              (double)atomic_load(value) / LINES[l].unit);
        }
    }
}
