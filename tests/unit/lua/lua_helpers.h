/* A host made of nothing for the tests of the Lua engine: it keeps what a script said. */
#ifndef EPO_TESTS_LUA_HELPERS_H
#define EPO_TESTS_LUA_HELPERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"
#include "lua/engine.h"

struct epo_call {
    char code[64], text[700]; /* of the last failure */
    int rc;                   /* of it */
    char said[8000];          /* "path=value;" for each set */
};

static void keep(epo_call *call, const char *path, const char *format, ...) {
    size_t len = strlen(call->said);
    va_list arguments;
    len += (size_t)snprintf(call->said + len, sizeof call->said - len, "%s=", path);
    if (len >= sizeof call->said - 2)
        return;
    va_start(arguments, format);
    vsnprintf(call->said + len, sizeof call->said - len - 1, format, arguments);
    va_end(arguments);
    len = strlen(call->said);
    snprintf(call->said + len, sizeof call->said - len, ";");
}

/* What there is to read: answers.name, answers.count and the whole of answers. */
static const char ANSWERS[] = "{\"name\":\"Jana \\\"N\\u00e1\\ud83d\\ude00\",\"count\":3,"
                              "\"rate\":1.5,\"yes\":true,\"none\":null,\"list\":[1,[],{}]}";

static epo_item host_get(epo_call *call, const char *path) {
    epo_item item = {.kind = EPO_KIND_ABSENT, .text = {"", 0}};
    (void)call;
    if (strcmp(path, "answers") == 0)
        item.kind = EPO_KIND_OBJECT;
    else if (strcmp(path, "answers.name") == 0)
        item = (epo_item){.kind = EPO_KIND_TEXT, .text = {"Jana", 4}};
    else if (strcmp(path, "answers.count") == 0)
        item = (epo_item){.kind = EPO_KIND_INTEGER, .integer = 3, .real = 3};
    return item;
}

static epo_str host_json(epo_call *call, const char *path) {
    (void)call;
    return strcmp(path, "answers") == 0 ? (epo_str){ANSWERS, sizeof ANSWERS - 1}
                                        : (epo_str){"null", 4};
}

static int host_set_text(epo_call *call, const char *path, epo_str value) {
    keep(call, path, "%.*s", (int)value.len, value.at);
    return EPO_RC_OK;
}

static int host_set_integer(epo_call *call, const char *path, int64_t value) {
    keep(call, path, "%lld", (long long)value);
    return EPO_RC_OK;
}

static int host_set_real(epo_call *call, const char *path, double value) {
    keep(call, path, "%g", value);
    return EPO_RC_OK;
}

static int host_set_boolean(epo_call *call, const char *path, int value) {
    keep(call, path, "%s", value ? "true" : "false");
    return EPO_RC_OK;
}

static int host_fail(epo_call *call, int rc, const char *path, const char *code, epo_str text) {
    (void)path;
    call->rc = rc;
    snprintf(call->code, sizeof call->code, "%s", code);
    snprintf(call->text, sizeof call->text, "%.*s", (int)text.len, text.at);
    return rc;
}

static epo_str host_text(epo_call *call, const char *key) {
    (void)call;
    return (epo_str){key, strlen(key)};
}

static void host_log(epo_call *call, int level, const char *event, epo_str text) {
    keep(call, event, "%d %.*s", level, (int)text.len, text.at);
}

static epo_str host_column_name(epo_result *rows, int index) {
    (void)rows;
    (void)index;
    return (epo_str){"", 0};
}

static const epo_host HOST = {
    .size = sizeof HOST,
    .major = EPO_ABI_MAJOR,
    .minor = EPO_ABI_MINOR,
    .get = host_get,
    .json = host_json,
    .set_text = host_set_text,
    .set_integer = host_set_integer,
    .set_real = host_set_real,
    .set_boolean = host_set_boolean,
    .set_json = host_set_text,
    .fail = host_fail,
    .text = host_text,
    .log = host_log,
    .column_name = host_column_name,
};

/* A script that is open, or why it is not. */
struct script {
    const epo_plugin *plugin;
    void *self, *handle;
    char fault[600];
};

static bool open_script(struct test_folder *folder, const char *name, const char *source,
                        struct script *script) {
    memset(script, 0, sizeof *script);
    test_folder_write(folder, name, source);
    return epo_lua_open(folder->path, test_folder_file(folder, name), &HOST, &script->plugin,
                        &script->self, &script->handle, script->fault,
                        sizeof script->fault) == EPO_RC_OK;
}

/* compute of the script: what it set, or its failure. */
static int compute(struct script *script, epo_call *call) {
    memset(call, 0, sizeof *call);
    return script->plugin->compute(script->self, call);
}

#endif
