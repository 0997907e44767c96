/* manifest.json of an agenda: read, checked, turned into tables. See plugin.h for its members. */
#ifndef EPO_PLUGIN_MANIFEST_H
#define EPO_PLUGIN_MANIFEST_H

#include "base/json.h"
#include "plugin/fault.h"
#include "plugin/states.h"
#include "portal/assurance.h"
#include "portal/nearby.h"
#include "store/store.h"

#define EPO_AGENDA_NAME_MAX 40
#define EPO_MANIFEST_BYTES_MAX (1u << 20)
#define EPO_SITUATION_MAX 80
#define EPO_DECLARED_MAX 100 /* statements, routes, pages, jobs, forms: each */

enum epo_right {
    EPO_RIGHT_TABLES = 1,
    EPO_RIGHT_ROUTES = 2,
    EPO_RIGHT_PAGES = 4,
    EPO_RIGHT_JOBS = 8,
    EPO_RIGHT_PLACES = 16,
    EPO_RIGHT_RECORDS = 32
};

struct epo_declared_statement {
    const char *name;
    struct epo_statement statement; /* its name is "<agenda>.<name>" */
    bool writes;
    int line;
};
struct epo_declared_route {
    const char *method, *path, *name;
};
struct epo_office_rule {
    const struct epo_json *rule; /* as epo_expression_read gave it */
    struct epo_span office;      /* "district" or an office id */
};
struct epo_declared_job {
    const char *name;
    int64_t every_s;
};

struct epo_manifest {
    const struct epo_json *tree;
    const char *name, *version, *runtime, *main;
    int main_line, rights_line;
    unsigned rights; /* asked for */
    const char **forms;
    const char **situations; /* of each form: the code of its life situation, or NULL */
    struct epo_declared_statement *statements;
    const char **pages;
    struct epo_declared_route *routes;
    struct epo_declared_job *jobs;
    size_t form_count, statement_count, page_count, route_count, job_count;
    struct epo_span office;               /* of routing: "district", an office id or empty */
    struct epo_office_rule *office_rules; /* of routing, in order */
    size_t office_rule_count;
    int64_t nearby_metres, nearby_days; /* 0: nothing is said of what was reported nearby */
    const struct epo_json *applies;     /* where in the city; NULL: everywhere */
    const struct epo_states *states;
    enum epo_assurance assurance; /* of its forms that do not say */
};

/* A whole file, at most max bytes; false with *text saying why. */
bool epo_file_read(struct epo_pool *pool, const char *path, size_t max, struct epo_span *bytes,
                   const char **why);
/* NULL where anything is wrong: then all of it is in faults. folder: path of the agenda. */
struct epo_manifest *epo_manifest_read(struct epo_pool *pool, const char *folder,
                                       struct epo_faults *faults);

/* grants.c: names of rights, and what the settings give. */
unsigned epo_right_find(struct epo_span name); /* 0: no such right */
const char *epo_right_name(unsigned right);
/* The rights that epo.json grants to an agenda. */
unsigned epo_grants_of(const struct epo_json *settings, const char *agenda);

#endif
