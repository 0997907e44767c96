/* epo.h - all that a plugin sees of the portal. C99, no library to link.
 *
 * A plugin is a folder: manifest.json, forms/, texts/, templates/, sql/, and one shared object
 *
 *     cc -O2 -fPIC -fvisibility=hidden -shared -I <include> -o hello.so hello.c
 *
 * which exports one function, epo_plugin_descriptor, that returns a constant descriptor. An agenda
 * written in Lua gets the same hooks and the same calls under the same names.
 *
 * Contract
 * - Every hook gets a `call`: valid until the hook returns, used by this thread only. What the host
 *   returns (texts, rows) lives until the hook returns. Plugin memory is never freed by the host
 *   nor the other way round.
 * - start and stop run alone; all other hooks run at the same time on several worker threads;
 *   `self` is the plugin's to lock. A hook may block; it has a deadline (10 s) after which the
 *   host's calls answer EPO_RC_BUSY and the client gets 503. start and selftest are first tried in
 *   a child process: one that crashes or takes more than 3 s is refused there.
 * - Hooks return an epo_rc. To refuse with a reason: return host->fail(call, rc, path, code, text).
 *   Several failures may be reported; all are shown.
 * - One call may use 8 MiB of the host's memory (texts, rows, results).
 * - No threads, signals, fork, exit, longjmp, setlocale, thread-local destructors in a plugin.
 * - The host table grows only at its end: test EPO_HAS(host, member) for what is newer than 1.0. */
#ifndef EPO_H
#define EPO_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EPO_PLUGIN_MAGIC 0x45504f31u /* "EPO1" */
#define EPO_ABI_MAJOR 1              /* differs: refused */
#define EPO_ABI_MINOR 1              /* plugin's newer than host's: refused */

/* Text: UTF-8, pointer and length; from the host always also NUL-terminated. */
typedef struct epo_str {
    const char *at;
    size_t len;
} epo_str;

typedef enum epo_rc {
    EPO_RC_OK = 0,
    EPO_RC_BAD_INPUT = 1, /* the citizen's data: shown beside the field named by path */
    EPO_RC_DENIED = 2,
    EPO_RC_NOT_FOUND = 3,
    EPO_RC_CONFLICT = 4,
    EPO_RC_BUSY = 5,
    EPO_RC_BROKEN = 6 /* our fault: 500, logged */
} epo_rc;

typedef enum epo_kind {
    EPO_KIND_ABSENT = 0, /* no such path */
    EPO_KIND_NULL,
    EPO_KIND_BOOLEAN, /* integer 0 or 1 */
    EPO_KIND_INTEGER,
    EPO_KIND_REAL,
    EPO_KIND_TEXT,   /* also dates: YYYY-MM-DD */
    EPO_KIND_ARRAY,  /* count */
    EPO_KIND_OBJECT, /* count; text = the JSON when asked by json() */
    /* Only as a value of write in submitted: the number that the request is being given, as text.
     */
    EPO_KIND_NEW_NUMBER
} epo_kind;

typedef struct epo_item {
    int32_t kind; /* epo_kind */
    int32_t count;
    int64_t integer;
    double real; /* also set for integers */
    epo_str text;
} epo_item;

typedef struct epo_call epo_call;     /* opaque */
typedef struct epo_result epo_result; /* rows of a query: opaque */

/* What the host offers. Errors come back as epo_rc and are already noted in the call: a hook may
 * simply return them. */
typedef struct epo_host {
    uint32_t size; /* sizeof as the host was built */
    uint16_t major, minor;

    /* -- reading ---------------------------------------------------------------------------------
     * The call's data is one tree, read by dotted path. What is there depends on the hook:
     *   answers.<field>      typed answers (compute, check, submitted, state); compute is also
     *                        asked while answers are missing or wrong: expect ABSENT
     *   answers.<group>.<n>.<field>   of item n (from 0) of a repeated group: answers.dogs.0.chip
     *   place.*              facts of the form's place, see GET /api/v1/locate:
     *                        place.district.name, place.parcel.owner, place.public_space.zone,
     *                        place.area_m2 …
     *   facts.<field>.*      the same for each location field
     *   values.<name>        what compute set (check, submitted, state)
     *   form.id, form.version, agenda.name, parameters.* (settings of the agenda and the district)
     *   case.number, case.state, case.from, case.to, case.note (state)
     *   request.method, request.path, request.query.<name>, request.body.* (route, page)
     *   account.id, account.name, account.role (when signed in)
     *   person.number (compute, check, submitted, state; right "records"): the sender's in this
     *   agenda, a fresh one where it has none
     *   person.number (compute, check, submitted, state, assess; right "records"): the sender's in
     *   this agenda, or a fresh one
     *   today ("2026-11-24", local), now_us, lang ("cs" | "en") */
    epo_item (*get)(epo_call *call, const char *path);
    epo_str (*json)(epo_call *call,
                    const char *path); /* compact JSON of that part; "null" if absent */

    /* -- answering -------------------------------------------------------------------------------
     * One result tree; objects and arrays come into being as paths are set ("rows.0.name").
     *   compute:   "<computed id>" = value (money: integer haléře); "explain.0", "explain.1" …:
     *              lines shown under the values, each {"key": text key, "values": {…}} or plain
     *              text. A value may be {"money": haléře}, {"number": 12.5, "decimals": 1},
     *              {"date": "2026-11-24"} or {"text": key}: written in the reader's language
     *   submitted: "office" (id), "due" (date), "note"
     *   page:      the model of the page's template
     *   route:     "status" (integer), "body" (any JSON) */
    int (*set_text)(epo_call *call, const char *path, epo_str value);
    int (*set_integer)(epo_call *call, const char *path, int64_t value);
    int (*set_real)(epo_call *call, const char *path, double value);
    int (*set_boolean)(epo_call *call, const char *path, int value);
    int (*set_json)(epo_call *call, const char *path, epo_str json); /* BAD_INPUT if not JSON */
    /* Report one failure. path: "answers.<field>", "answers.<group>.<n>.<field>" or "" for the
     * whole; code: stable word, looked up as "error.<code>" in the agenda's texts, else `text` is
     * shown. Returns rc. */
    int (*fail)(epo_call *call, int rc, const char *path, const char *code, epo_str text);

    /* -- texts and log ---------------------------------------------------------------------------
     */
    epo_str (*text)(epo_call *call,
                    const char *key); /* the agenda's catalog, in the call's language */
    void (*log)(epo_call *call, int level /* 0 debug … 3 error */, const char *event, epo_str text);

    /* -- own tables (right "tables") -------------------------------------------------------------
     * Statements are declared in manifest.json under "statements" and named here; parameters are
     * $1 … $n. query reads (NULL: refused or failed); next gives the next row or 0; column reads
     * it, index from 0. write runs in the save's own transaction when called in submitted or state,
     * in one of its own, durable on return, in route and job; elsewhere it is refused. selftest has
     * no tables and no places. */
    epo_result *(*query)(epo_call *call, const char *statement, const epo_item *values,
                         size_t count);
    int (*next)(epo_result *rows);
    epo_item (*column)(epo_result *rows, int index);
    int (*write)(epo_call *call, const char *statement, const epo_item *values, size_t count);

    /* -- places (right "places") -----------------------------------------------------------------
     * Facts of a point, lon/lat EPSG:4326, put into the call's tree under "located". */
    int (*locate)(epo_call *call, double lon, double lat);

    /* Name of a column of a query's rows; empty after the last one. */
    epo_str (*column_name)(epo_result *rows, int index);

    /* -- days (since 1.1) ------------------------------------------------------------------------
     * A day is "YYYY-MM-DD" of the years 1 to 9999. Pure: without a call, on any thread, in every
     * hook. out: EPO_DAY_SIZE bytes, NUL-terminated. BAD_INPUT, and out is empty, where the text is
     * no such day or the result is outside those years. */
    int (*day_number)(epo_str day, int64_t *days); /* since 1970-01-01: differences are days */
    /* First months (31 January and a month is the last of February), then days. */
    int (*day_add)(epo_str day, int64_t months, int64_t days, char *out);
    /* after 0: the day itself or, where it is none, the next Czech working day (tax code 280/2009,
     * section 33(4)); n up to 3660: the n-th working day after it. */
    int (*day_working)(epo_str day, int64_t after, char *out);

    /* -- registers (right "records", since 1.1) --------------------------------------------------
     * The agenda's own records (kinds: manifest "records") and its ledger. The three that write may
     * be called in submitted, state, assess and job; in a job each is done at once, in the others
     * with the save or move itself, so that the reading ones do not see it yet. "{number}" in a key
     * or a reference stands for the number of the request. What is wrong with the JSON is the
     * agenda's mistake: the call fails.
     *   record_put:  {"key", "kind", "data": {…}, "from": day, "until"?: day, "place"?: GeoJSON,
     *                 "person"?}: adds it, or puts it in the place of the one with its key
     *   record_end:  its last day
     *   ledger_post: {"kind": "assessment" | "payment" | "remission" | "refund" | "interest" |
     *                 "reversal", "person"?, "record"?: key, "period"?: "2026", "day"?, "due"?:
     * day, "haler": integer > 0, "reference": unique within the agenda, "explain"?:
     *                 [{"key", "values"}], "reverses"?: id}. The same reference with the same
     *                 content again does nothing, with another it is a conflict
     * "person" is a number within the agenda; left out it is person.number: of the sender in
     * submitted and state (linked to the account when something is written under it), of the
     * record in assess; "day" is today, in assess the period's first day where that is earlier.
     * In assess the tree has record.* (with key, person, kind, data, place, from, until),
     * period ("2027"), period_from, period_until and the parameters of the period's first day. */
    int (*record_put)(epo_call *call, epo_str json);
    int (*record_end)(epo_call *call, const char *key, const char *day);
    int (*ledger_post)(epo_call *call, epo_str json);
    /* JSON: one record or "null"; {"person"?, "kind"?, "after"?: key}: up to 1000 of them by key;
     * {"person"?, "record"?, "period"?, "kind"?}: a person's entries by day, each with its "id" and
     * "reversed_by" where it is reversed. The record and the entries are also put into the call's
     * tree, under "recorded" and "entries". */
    epo_str (*record)(epo_call *call, const char *key);
    epo_str (*records)(epo_call *call, epo_str json);
    epo_str (*ledger)(epo_call *call, epo_str json);
    /* {"record": key, "period", "parts": [{"due": day, "haler": integer > 0}], "person"?,
     * "explain"?}: what the record is assessed for the period becomes these parts. An assessment
     * that is one of them stays, every other is reversed, what is missing is posted under the
     * references "<record>/<period>/<n>"; asked again it does nothing. Where and when as
     * ledger_post. */
    int (*ledger_assess)(epo_call *call, epo_str json);
} epo_host;

#define EPO_DAY_SIZE 11

#define EPO_HAS(host, member) ((host)->size >= offsetof(epo_host, member) + sizeof((host)->member))

/* What a plugin is. Hooks may be NULL. `name` must be the manifest's. */
typedef struct epo_plugin {
    uint32_t magic;        /* EPO_PLUGIN_MAGIC */
    uint16_t major, minor; /* EPO_ABI_* it was built with */
    uint32_t size;         /* sizeof(epo_plugin) it was built with */
    uint32_t reserved;
    const char *name;
    const char *version;
    const char *license;

    int (*start)(const epo_host *host, void **self); /* non-zero: not loaded */
    void (*stop)(void *self);
    int (*selftest)(void *self, epo_call *call); /* before it goes live; non-zero: not swapped in */

    int (*compute)(void *self,
                   epo_call *call);           /* computed values of a form, shown before sending */
    int (*check)(void *self, epo_call *call); /* the agenda's word on the answers */
    int (*submitted)(void *self,
                     epo_call *call);         /* just before the save; its writes join the save */
    int (*state)(void *self, epo_call *call); /* a clerk moves the case; may refuse */
    int (*page)(void *self, epo_call *call, const char *page);   /* manifest "pages" */
    int (*route)(void *self, epo_call *call, const char *route); /* manifest "routes" */
    int (*job)(void *self, epo_call *call, const char *job);     /* manifest "jobs" */
    int (*assess)(void *self, epo_call *call); /* what a record owes for a period; since 1.1 */
} epo_plugin;

/* The one exported symbol. */
#if defined(__GNUC__)
#define EPO_EXPORT __attribute__((visibility("default")))
#else
#define EPO_EXPORT
#endif
EPO_EXPORT const epo_plugin *epo_plugin_descriptor(void);

#ifdef __cplusplus
}
#endif
#endif
