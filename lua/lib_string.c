/* string.find, match, gmatch and gsub over the matcher of match.c; rep and format within bounds. */
#include "box.h"

#include <string.h>

#define REP_BYTES_MAX ((size_t)1 << 31) /* the allocator refuses long before */
#define FORMAT_VALUES_MAX 32            /* of one string.format */

static const char SPECIALS[] = "^$*+?.([%-";

static void prepare(struct epo_lua_match *match, lua_State *L, const char *subject, size_t len,
                    const char *pattern, size_t pattern_len) {
    match->L = L;
    match->box = epo_lua_box_of(L);
    match->start = subject;
    match->end = subject + len;
    match->pattern_end = pattern + pattern_len;
}

/* The offset that the optional argument `init` names; len + 1 where it is behind the end. */
static size_t first_offset(lua_State *L, int index, size_t len) {
    lua_Integer init = luaL_optinteger(L, index, 1);
    if (init > 0)
        return (lua_Unsigned)init - 1 > len ? len + 1 : (size_t)init - 1;
    if (init == 0 || init < -(lua_Integer)len)
        return 0;
    return len - (size_t)-init;
}

static bool is_plain(const char *pattern, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (pattern[i] != '\0' && strchr(SPECIALS, pattern[i]))
            return false;
    return true;
}

/* find gives positions, match gives captures. */
static int search(lua_State *L, bool find) {
    size_t len, pattern_len;
    const char *subject = luaL_checklstring(L, 1, &len);
    const char *pattern = luaL_checklstring(L, 2, &pattern_len);
    size_t offset = first_offset(L, 3, len);
    struct epo_lua_match match;
    if (offset > len) {
        luaL_pushfail(L);
        return 1;
    }
    if (find && (lua_toboolean(L, 4) || is_plain(pattern, pattern_len))) {
        /* memmem is linear; an empty pattern is found at once */
        const char *found = memmem(subject + offset, len - offset, pattern, pattern_len);
        if (!found) {
            luaL_pushfail(L);
            return 1;
        }
        lua_pushinteger(L, found - subject + 1);
        lua_pushinteger(L, found - subject + (lua_Integer)pattern_len);
        return 2;
    }
    prepare(&match, L, subject, len, pattern, pattern_len);
    bool anchored = pattern_len > 0 && *pattern == '^';
    for (const char *at = subject + offset; at <= match.end; at++) {
        const char *end = epo_lua_match_at(&match, at, pattern + anchored);
        if (end && !find)
            return epo_lua_push_captures(&match, at, end, true);
        if (end) {
            lua_pushinteger(L, at - subject + 1);
            lua_pushinteger(L, end - subject);
            return epo_lua_push_captures(&match, at, end, false) + 2;
        }
        if (anchored)
            break;
    }
    luaL_pushfail(L);
    return 1;
}

static int find(lua_State *L) {
    return search(L, true);
}

static int match_first(lua_State *L) {
    return search(L, false);
}

/* Upvalues: subject, pattern, offset of the next try, end of the last match (-1: none). */
static int next_match(lua_State *L) {
    size_t len, pattern_len;
    const char *subject = lua_tolstring(L, lua_upvalueindex(1), &len);
    const char *pattern = lua_tolstring(L, lua_upvalueindex(2), &pattern_len);
    lua_Integer offset = lua_tointeger(L, lua_upvalueindex(3));
    lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
    struct epo_lua_match match;
    prepare(&match, L, subject, len, pattern, pattern_len);
    for (const char *at = subject + offset; at <= match.end; at++) {
        const char *end = epo_lua_match_at(&match, at, pattern);
        if (!end || end - subject == last)
            continue;
        lua_pushinteger(L, end - subject);
        lua_pushvalue(L, -1);
        lua_replace(L, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return epo_lua_push_captures(&match, at, end, true);
    }
    return 0;
}

static int gmatch(lua_State *L) {
    size_t len;
    luaL_checklstring(L, 1, &len);
    luaL_checkstring(L, 2);
    size_t offset = first_offset(L, 3, len);
    lua_settop(L, 2);
    lua_pushinteger(L, (lua_Integer)offset);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, next_match, 4);
    return 1;
}

/* %0 the match, %1 … %9 captures, %% a percent sign. */
static void add_text(struct epo_lua_match *match, luaL_Buffer *buffer, const char *at,
                     const char *end) {
    lua_State *L = match->L;
    size_t len;
    const char *text = lua_tolstring(L, 3, &len);
    for (size_t i = 0; i < len; i++) {
        if (text[i] != '%') {
            luaL_addchar(buffer, text[i]);
            continue;
        }
        epo_lua_check_alive(L, match->box); /* "%1" ten million times over an empty capture */
        i++;
        if (i < len && text[i] == '%') {
            luaL_addchar(buffer, '%');
        } else if (i < len && text[i] == '0') {
            luaL_addlstring(buffer, at, (size_t)(end - at));
        } else if (i < len && text[i] >= '1' && text[i] <= '9') {
            epo_lua_push_capture(match, text[i] - '1', at, end);
            luaL_tolstring(L, -1, NULL);
            lua_remove(L, -2);
            luaL_addvalue(buffer);
        } else {
            luaL_error(L, "invalid use of '%%' in replacement string");
        }
    }
}

/* Puts what stands for one match into the buffer. */
static void add_replacement(struct epo_lua_match *match, luaL_Buffer *buffer, const char *at,
                            const char *end, int type) {
    lua_State *L = match->L;
    if (type == LUA_TFUNCTION) {
        lua_pushvalue(L, 3);
        lua_call(L, epo_lua_push_captures(match, at, end, true), 1);
    } else if (type == LUA_TTABLE) {
        epo_lua_push_capture(match, 0, at, end);
        lua_gettable(L, 3);
    } else {
        add_text(match, buffer, at, end);
        return;
    }
    if (!lua_toboolean(L, -1)) { /* false and nil keep the match */
        lua_pop(L, 1);
        luaL_addlstring(buffer, at, (size_t)(end - at));
    } else if (lua_isstring(L, -1)) {
        luaL_addvalue(buffer);
    } else {
        luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    }
}

static int gsub(lua_State *L) {
    size_t len, pattern_len;
    const char *subject = luaL_checklstring(L, 1, &len);
    const char *pattern = luaL_checklstring(L, 2, &pattern_len);
    int type = lua_type(L, 3);
    luaL_argexpected(L,
                     type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION ||
                         type == LUA_TTABLE,
                     3, "string/function/table");
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)len + 1), count = 0;
    bool anchored = pattern_len > 0 && *pattern == '^';
    struct epo_lua_match match;
    luaL_Buffer buffer;
    prepare(&match, L, subject, len, pattern, pattern_len);
    luaL_buffinit(L, &buffer);
    const char *at = subject, *last = NULL;
    while (count < most) {
        const char *end = epo_lua_match_at(&match, at, pattern + anchored);
        if (end && end != last) {
            count++;
            add_replacement(&match, &buffer, at, end, type);
            at = last = end;
        } else if (at < match.end) {
            luaL_addchar(&buffer, *at++);
        } else {
            break;
        }
        if (anchored)
            break;
    }
    luaL_addlstring(&buffer, at, (size_t)(match.end - at));
    luaL_pushresult(&buffer);
    lua_pushinteger(L, count);
    return 2;
}

/* Filled by doubling: the standard one goes round n times in C, be it for one byte or for none. */
static int rep(lua_State *L) {
    size_t len, separator_len;
    const char *text = luaL_checklstring(L, 1, &len);
    lua_Integer count = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &separator_len);
    size_t unit = len + separator_len;
    if (count <= 0 || unit == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if (unit > REP_BYTES_MAX / (lua_Unsigned)count)
        return luaL_error(L, "resulting string too large");
    size_t total = unit * (size_t)count - separator_len, filled = unit < total ? unit : total;
    luaL_Buffer buffer;
    char *at = luaL_buffinitsize(L, &buffer, total);
    memcpy(at, text, len);
    memcpy(at + len, separator, filled - len);
    while (filled < total) {
        size_t more = filled < total - filled ? filled : total - filled;
        memcpy(at + filled, at, more);
        filled += more;
    }
    luaL_pushresultsize(&buffer, total);
    return 1;
}

/* Formatting a number takes its time, and nothing can end it half-way. */
static int format(lua_State *L) {
    luaL_argcheck(L, lua_gettop(L) <= FORMAT_VALUES_MAX + 1, FORMAT_VALUES_MAX + 2,
                  "too many values");
    return epo_lua_standard(L, LUA_STRLIBNAME, "format")(L);
}

const luaL_Reg EPO_LUA_STRING[] = {
    {"find", find}, {"match", match_first}, {"gmatch", gmatch}, {"gsub", gsub},
    {"rep", rep},   {"format", format},     {NULL, NULL},
};
