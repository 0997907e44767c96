/* Lua patterns (manual §6.4.1). The standard matcher backtracks in C where no hook can end it; this
 * one looks at every step whether the budget is spent. */
#include "box.h"

#include <ctype.h>
#include <string.h>

#define DEPTH_MAX 180 /* nested tries: bounds the C stack */
#define ESCAPE '%'

static int malformed(struct epo_lua_match *match, const char *what) {
    return luaL_error(match->L, "malformed pattern (%s)", what);
}

/* ---- one character ---- */

static bool of_class(int c, int class) {
    bool in;
    switch (tolower(class)) {
    case 'a':
        in = isalpha(c);
        break;
    case 'c':
        in = iscntrl(c);
        break;
    case 'd':
        in = isdigit(c);
        break;
    case 'g':
        in = isgraph(c);
        break;
    case 'l':
        in = islower(c);
        break;
    case 'p':
        in = ispunct(c);
        break;
    case 's':
        in = isspace(c);
        break;
    case 'u':
        in = isupper(c);
        break;
    case 'w':
        in = isalnum(c);
        break;
    case 'x':
        in = isxdigit(c);
        break;
    case 'z': /* of Lua 5.1 */
        in = c == 0;
        break;
    default:
        return class == c; /* %. and the like: the character itself */
    }
    return isupper(class) ? !in : in;
}

/* Behind the item that starts at `item`: "a", "%a", ".", "[…]". */
static const char *item_end(struct epo_lua_match *match, const char *item) {
    const char *at = item + 1;
    if (*item == ESCAPE) {
        if (at == match->pattern_end)
            malformed(match, "ends with '%'");
        return at + 1;
    }
    if (*item != '[')
        return at;
    if (at < match->pattern_end && *at == '^')
        at++;
    do { /* the first ']' stands for itself */
        if (at == match->pattern_end)
            malformed(match, "missing ']'");
        if (*at++ == ESCAPE) {
            if (at == match->pattern_end)
                malformed(match, "missing ']'");
            at++;
        }
    } while (at == match->pattern_end || *at != ']');
    return at + 1;
}

/* set: at '['; last: at its ']'. */
static bool of_set(int c, const char *set, const char *last) {
    bool found = true;
    const char *at = set + 1;
    if (*at == '^') {
        found = false;
        at++;
    }
    while (at < last) {
        if (*at == ESCAPE) {
            if (of_class(c, (unsigned char)at[1]))
                return found;
            at += 2;
        } else if (at + 2 < last && at[1] == '-') {
            if ((unsigned char)at[0] <= c && c <= (unsigned char)at[2])
                return found;
            at += 3;
        } else {
            if ((unsigned char)*at == c)
                return found;
            at++;
        }
    }
    return !found;
}

static bool fits(struct epo_lua_match *match, const char *at, const char *item,
                 const char *behind) {
    epo_lua_check_alive(match->L, match->box);
    if (at >= match->end)
        return false;
    int c = (unsigned char)*at;
    switch (*item) {
    case '.':
        return true;
    case ESCAPE:
        return of_class(c, (unsigned char)item[1]);
    case '[':
        return of_set(c, item, behind - 1);
    default:
        return (unsigned char)*item == c;
    }
}

/* ---- items with something behind them ---- */

static const char *here(struct epo_lua_match *match, const char *at, const char *pattern);

static const char *as_many_as_possible(struct epo_lua_match *match, const char *at,
                                       const char *item, const char *behind, ptrdiff_t least) {
    ptrdiff_t count = 0;
    while (fits(match, at + count, item, behind))
        count++;
    for (; count >= least; count--) {
        const char *end = here(match, at + count, behind + 1);
        if (end)
            return end;
        epo_lua_check_alive(match->L, match->box);
    }
    return NULL;
}

static const char *as_few_as_possible(struct epo_lua_match *match, const char *at, const char *item,
                                      const char *behind) {
    for (;;) {
        const char *end = here(match, at, behind + 1);
        if (end || !fits(match, at, item, behind))
            return end;
        at++;
    }
}

/* %bxy: from x to the y that closes it. */
static const char *balanced(struct epo_lua_match *match, const char *at, const char *pair) {
    if (match->pattern_end - pair < 2)
        malformed(match, "missing arguments to '%b'");
    if (at >= match->end || *at != pair[0])
        return NULL;
    int open = 1;
    while (++at < match->end) {
        epo_lua_check_alive(match->L, match->box);
        if (*at == pair[1]) {
            if (--open == 0)
                return at + 1;
        } else if (*at == pair[0]) {
            open++;
        }
    }
    return NULL;
}

/* ---- captures ---- */

static const char *open_capture(struct epo_lua_match *match, const char *at, const char *pattern,
                                ptrdiff_t kind) {
    if (match->level >= EPO_LUA_CAPTURES_MAX)
        luaL_error(match->L, "too many captures");
    match->captures[match->level].at = at;
    match->captures[match->level].len = kind;
    match->level++;
    const char *end = here(match, at, pattern);
    if (!end)
        match->level--;
    return end;
}

static const char *close_capture(struct epo_lua_match *match, const char *at, const char *pattern) {
    int i = match->level - 1;
    while (i >= 0 && match->captures[i].len != EPO_LUA_CAPTURE_OPEN)
        i--;
    if (i < 0)
        luaL_error(match->L, "invalid pattern capture");
    match->captures[i].len = at - match->captures[i].at;
    const char *end = here(match, at, pattern);
    if (!end)
        match->captures[i].len = EPO_LUA_CAPTURE_OPEN;
    return end;
}

static const char *same_again(struct epo_lua_match *match, const char *at, int digit) {
    int i = digit - '1';
    if (i < 0 || i >= match->level || match->captures[i].len == EPO_LUA_CAPTURE_OPEN)
        luaL_error(match->L, "invalid capture index %%%d", i + 1);
    if (match->captures[i].len == EPO_LUA_CAPTURE_POSITION)
        return NULL; /* a place is no text that could stand there again */
    size_t len = (size_t)match->captures[i].len;
    if ((size_t)(match->end - at) < len || memcmp(match->captures[i].at, at, len) != 0)
        return NULL;
    return at + len;
}

/* %f[set]: a border into the set. The subject has a NUL on either side. */
static const char *frontier(struct epo_lua_match *match, const char *at, const char *set,
                            const char **behind) {
    if (set >= match->pattern_end || *set != '[')
        luaL_error(match->L, "missing '[' after '%%f' in pattern");
    *behind = item_end(match, set);
    int before = at == match->start ? 0 : (unsigned char)at[-1];
    int after = at == match->end ? 0 : (unsigned char)*at;
    return !of_set(before, set, *behind - 1) && of_set(after, set, *behind - 1) ? at : NULL;
}

/* %b, %f and %1 … %9 are items of their own kind: true if `pattern` is one; *at is moved or NULL
 * and *pattern moved behind it. */
static bool special(struct epo_lua_match *match, const char **at, const char **pattern) {
    const char *item = *pattern;
    if (*item != ESCAPE || item + 1 == match->pattern_end)
        return false;
    switch (item[1]) {
    case 'b':
        *at = balanced(match, *at, item + 2);
        *pattern = item + 4;
        return true;
    case 'f':
        *at = frontier(match, *at, item + 2, pattern);
        return true;
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        *at = same_again(match, *at, (unsigned char)item[1]);
        *pattern = item + 2;
        return true;
    default:
        return false;
    }
}

/* A single character and what may stand behind it. True: *at and *pattern moved on; false: *at is
 * the answer. */
static bool quantified(struct epo_lua_match *match, const char **at, const char **pattern) {
    const char *item = *pattern, *behind = item_end(match, item), *end;
    char sign = behind < match->pattern_end ? *behind : '\0';
    switch (sign) {
    case '*':
        *at = as_many_as_possible(match, *at, item, behind, 0);
        return false;
    case '+':
        *at = as_many_as_possible(match, *at, item, behind, 1);
        return false;
    case '-':
        *at = as_few_as_possible(match, *at, item, behind);
        return false;
    case '?':
        if (fits(match, *at, item, behind) && (end = here(match, *at + 1, behind + 1))) {
            *at = end;
            return false;
        }
        *pattern = behind + 1;
        return true;
    default:
        *at = fits(match, *at, item, behind) ? *at + 1 : NULL;
        *pattern = behind;
        return *at != NULL;
    }
}

/* The end of a match of pattern at `at`, or NULL. */
static const char *here(struct epo_lua_match *match, const char *at, const char *pattern) {
    if (++match->depth > DEPTH_MAX)
        luaL_error(match->L, "pattern too complex");
    while (at && pattern < match->pattern_end) {
        epo_lua_check_alive(match->L, match->box);
        if (*pattern == '(') {
            bool position = pattern + 1 < match->pattern_end && pattern[1] == ')';
            at = open_capture(match, at, pattern + (position ? 2 : 1),
                              position ? EPO_LUA_CAPTURE_POSITION : EPO_LUA_CAPTURE_OPEN);
            break;
        }
        if (*pattern == ')') {
            at = close_capture(match, at, pattern + 1);
            break;
        }
        if (*pattern == '$' && pattern + 1 == match->pattern_end) {
            at = at == match->end ? at : NULL;
            break;
        }
        if (!special(match, &at, &pattern) && !quantified(match, &at, &pattern))
            break;
    }
    match->depth--;
    return at;
}

const char *epo_lua_match_at(struct epo_lua_match *match, const char *at, const char *pattern) {
    match->level = 0;
    match->depth = 0;
    return here(match, at, pattern);
}

/* ---- results ---- */

void epo_lua_push_capture(struct epo_lua_match *match, int i, const char *at, const char *end) {
    if (i >= match->level) {
        if (i != 0)
            luaL_error(match->L, "invalid capture index %%%d", i + 1);
        lua_pushlstring(match->L, at, (size_t)(end - at));
        return;
    }
    if (match->captures[i].len == EPO_LUA_CAPTURE_OPEN)
        luaL_error(match->L, "unfinished capture");
    if (match->captures[i].len == EPO_LUA_CAPTURE_POSITION)
        lua_pushinteger(match->L, match->captures[i].at - match->start + 1);
    else
        lua_pushlstring(match->L, match->captures[i].at, (size_t)match->captures[i].len);
}

int epo_lua_push_captures(struct epo_lua_match *match, const char *at, const char *end,
                          bool whole) {
    int count = match->level == 0 && whole ? 1 : match->level;
    luaL_checkstack(match->L, count, "too many captures");
    for (int i = 0; i < count; i++)
        epo_lua_push_capture(match, i, at, end);
    return count;
}
