/* Between the host's trees and Lua's tables, as JSON text. */
#include "box.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64

/* ---- reading: the host writes compact, valid JSON ---- */

struct reader {
    lua_State *L;
    const char *at, *end;
};

static void push_value(struct reader *reader, int depth);

static unsigned read_hex4(const char *at) {
    char digits[5] = {at[0], at[1], at[2], at[3], '\0'};
    return (unsigned)strtoul(digits, NULL, 16);
}

/* at: behind "\u". Returns behind the escape, the low half of a pair included. */
static const char *add_code(luaL_Buffer *buffer, const char *at) {
    unsigned long code = read_hex4(at);
    char bytes[4];
    size_t len = 0;
    at += 4;
    if (code >= 0xd800 && code < 0xdc00 && at[0] == '\\' && at[1] == 'u') {
        code = 0x10000 + ((code - 0xd800) << 10) + (read_hex4(at + 2) - 0xdc00);
        at += 6;
    }
    if (code < 0x80) {
        bytes[len++] = (char)code;
    } else if (code < 0x800) {
        bytes[len++] = (char)(0xc0 | code >> 6);
        bytes[len++] = (char)(0x80 | (code & 0x3f));
    } else {
        if (code < 0x10000) {
            bytes[len++] = (char)(0xe0 | code >> 12);
        } else {
            bytes[len++] = (char)(0xf0 | code >> 18);
            bytes[len++] = (char)(0x80 | (code >> 12 & 0x3f));
        }
        bytes[len++] = (char)(0x80 | (code >> 6 & 0x3f));
        bytes[len++] = (char)(0x80 | (code & 0x3f));
    }
    luaL_addlstring(buffer, bytes, len);
    return at;
}

static void push_text(struct reader *reader) {
    static const char NAMES[] = "bfnrt", MEANT[] = "\b\f\n\r\t";
    const char *from = ++reader->at;
    while (*reader->at != '"' && *reader->at != '\\')
        reader->at++;
    if (*reader->at == '"') { /* nearly always */
        lua_pushlstring(reader->L, from, (size_t)(reader->at++ - from));
        return;
    }
    luaL_Buffer buffer;
    luaL_buffinit(reader->L, &buffer);
    luaL_addlstring(&buffer, from, (size_t)(reader->at - from));
    while (*reader->at != '"') {
        if (*reader->at != '\\') {
            luaL_addchar(&buffer, *reader->at++);
            continue;
        }
        char escaped = reader->at[1];
        const char *name = strchr(NAMES, escaped);
        reader->at += 2;
        if (escaped == 'u')
            reader->at = add_code(&buffer, reader->at);
        else
            luaL_addchar(&buffer, name ? MEANT[name - NAMES] : escaped);
    }
    reader->at++;
    luaL_pushresult(&buffer);
}

static void push_number(struct reader *reader) {
    const char *from = reader->at;
    bool real = false;
    while (reader->at < reader->end && strchr("+-.eE0123456789", *reader->at) && *reader->at) {
        real = real || strchr(".eE", *reader->at) != NULL;
        reader->at++;
    }
    char digits[64];
    snprintf(digits, sizeof digits, "%.*s", (int)(reader->at - from), from);
    if (real)
        lua_pushnumber(reader->L, strtod(digits, NULL));
    else
        lua_pushinteger(reader->L, strtoll(digits, NULL, 10));
}

static void push_array(struct reader *reader, int depth) {
    lua_newtable(reader->L);
    reader->at++;
    for (lua_Integer i = 1; *reader->at != ']'; i++) {
        push_value(reader, depth + 1);
        lua_rawseti(reader->L, -2, i);
        if (*reader->at == ',')
            reader->at++;
    }
    reader->at++;
}

static void push_object(struct reader *reader, int depth) {
    lua_newtable(reader->L);
    reader->at++;
    while (*reader->at != '}') {
        push_text(reader);
        reader->at++; /* : */
        push_value(reader, depth + 1);
        lua_rawset(reader->L, -3);
        if (*reader->at == ',')
            reader->at++;
    }
    reader->at++;
}

static void push_value(struct reader *reader, int depth) {
    lua_State *L = reader->L;
    luaL_checkstack(L, 6, "nested too deeply");
    if (depth > DEPTH_MAX + 16 || reader->at >= reader->end)
        luaL_error(L, "nested too deeply");
    switch (*reader->at) {
    case '"':
        push_text(reader);
        break;
    case '{':
        push_object(reader, depth);
        break;
    case '[':
        push_array(reader, depth);
        break;
    case 't':
        reader->at += 4;
        lua_pushboolean(L, 1);
        break;
    case 'f':
        reader->at += 5;
        lua_pushboolean(L, 0);
        break;
    case 'n':
        reader->at += 4;
        lua_pushnil(L);
        break;
    default:
        push_number(reader);
    }
}

void epo_lua_push_json(lua_State *L, epo_str text) {
    struct reader reader = {L, text.at, text.at + text.len};
    push_value(&reader, 0);
}

/* ---- writing ---- */

/* Parts are gathered in a table (stack index `parts`): a luaL_Buffer and lua_next would quarrel
 * over the top of the stack. */
static void add_part(lua_State *L, int parts) {
    lua_rawseti(L, parts, (lua_Integer)lua_rawlen(L, parts) + 1);
}

static void add_literal(lua_State *L, int parts, const char *text) {
    lua_pushstring(L, text);
    add_part(L, parts);
}

static void add_text(lua_State *L, int parts, int index) {
    size_t len;
    const char *text = lua_tolstring(L, index, &len);
    luaL_Buffer buffer;
    luaL_buffinit(L, &buffer);
    luaL_addchar(&buffer, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        char escaped[8];
        if (c < 0x20) {
            snprintf(escaped, sizeof escaped, "\\u%04x", c);
            luaL_addstring(&buffer, escaped);
            continue;
        }
        if (c == '"' || c == '\\')
            luaL_addchar(&buffer, '\\');
        luaL_addchar(&buffer, text[i]);
    }
    luaL_addchar(&buffer, '"');
    luaL_pushresult(&buffer);
    add_part(L, parts);
}

static void add_number(lua_State *L, int parts, int index) {
    char text[64];
    double number = lua_tonumber(L, index);
    if (lua_isinteger(L, index)) {
        snprintf(text, sizeof text, "%lld", (long long)lua_tointeger(L, index));
    } else {
        if (!isfinite(number))
            luaL_error(L, "a number that is not finite cannot be set");
        snprintf(text, sizeof text, "%.17g", number);
    }
    add_literal(L, parts, text);
}

/* A list has the keys 1 … n and no other. */
static bool is_list(lua_State *L, int index) {
    lua_Integer keys = 0, count = (lua_Integer)lua_rawlen(L, index);
    lua_pushnil(L);
    while (lua_next(L, index)) {
        lua_pop(L, 1);
        if (!lua_isinteger(L, -1) || lua_tointeger(L, -1) < 1 || lua_tointeger(L, -1) > count) {
            lua_pop(L, 1);
            return false;
        }
        keys++;
    }
    return keys == count;
}

static void write_value(lua_State *L, int parts, int index, int depth);

static void write_list(lua_State *L, int parts, int index, int depth) {
    lua_Integer count = (lua_Integer)lua_rawlen(L, index);
    add_literal(L, parts, "[");
    for (lua_Integer i = 1; i <= count; i++) {
        if (i > 1)
            add_literal(L, parts, ",");
        lua_rawgeti(L, index, i);
        write_value(L, parts, lua_gettop(L), depth + 1);
        lua_pop(L, 1);
    }
    add_literal(L, parts, "]");
}

static void write_object(lua_State *L, int parts, int index, int depth) {
    bool first = true;
    add_literal(L, parts, "{");
    lua_pushnil(L);
    while (lua_next(L, index)) {
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "a table with a key that is a %s cannot be set: use text keys, or 1 … n",
                       luaL_typename(L, -2));
        if (!first)
            add_literal(L, parts, ",");
        first = false;
        add_text(L, parts, lua_gettop(L) - 1);
        add_literal(L, parts, ":");
        write_value(L, parts, lua_gettop(L), depth + 1);
        lua_pop(L, 1);
    }
    add_literal(L, parts, "}");
}

static void write_value(lua_State *L, int parts, int index, int depth) {
    epo_lua_check_alive(L, epo_lua_box_of(L));
    luaL_checkstack(L, 8, "nested too deeply");
    if (depth > DEPTH_MAX / 2)
        luaL_error(L, "a table nested more than %d deep cannot be set", DEPTH_MAX / 2);
    switch (lua_type(L, index)) {
    case LUA_TNIL:
        add_literal(L, parts, "null");
        break;
    case LUA_TBOOLEAN:
        add_literal(L, parts, lua_toboolean(L, index) ? "true" : "false");
        break;
    case LUA_TNUMBER:
        add_number(L, parts, index);
        break;
    case LUA_TSTRING:
        add_text(L, parts, index);
        break;
    case LUA_TTABLE:
        if (is_list(L, index))
            write_list(L, parts, index, depth);
        else
            write_object(L, parts, index, depth);
        break;
    default:
        luaL_error(L, "a %s cannot be set", luaL_typename(L, index));
    }
}

void epo_lua_to_json(lua_State *L, int index) {
    luaL_Buffer buffer;
    index = lua_absindex(L, index);
    lua_newtable(L);
    int parts = lua_gettop(L);
    write_value(L, parts, index, 0);
    luaL_buffinit(L, &buffer);
    lua_Integer count = (lua_Integer)lua_rawlen(L, parts);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, parts, i);
        luaL_addvalue(&buffer);
    }
    luaL_pushresult(&buffer);
    lua_remove(L, parts);
}
