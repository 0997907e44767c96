/* Operations over texts. */
#include "forms/logic.h"

#include <math.h>

struct epo_json *epo_logic_do_cat(struct epo_logic_run *run, const struct epo_json *arguments,
                                  const struct epo_json *scope) {
    struct epo_buffer out;
    epo_buffer_init(&out, 64u << 10);
    for (uint32_t i = 0; i < epo_logic_count(arguments); i++) {
        struct epo_json *part = epo_logic_argument(run, arguments, i, scope);
        if (part->type != EPO_JSON_NULL)
            epo_buffer_span(&out, epo_logic_to_text(run, part));
    }
    struct epo_json *text = epo_json_text(run->pool, epo_buffer_get(&out));
    epo_buffer_clear(&out);
    return text;
}

/* Where a place counted in letters begins in UTF-8; the end for one that is beyond. */
static size_t letter_at(struct epo_span text, int64_t letters) {
    size_t at = 0;
    for (; at < text.len && letters > 0; letters--)
        for (at++; at < text.len && ((unsigned char)text.at[at] & 0xC0) == 0x80;)
            at++;
    return at;
}

static int64_t whole(double number) {
    return isnan(number)         ? 0
           : number > INT32_MAX  ? INT32_MAX
           : number < -INT32_MAX ? -INT32_MAX
                                 : (int64_t)number;
}

/* {"substr": [text, from, count]}: a negative from counts from the end, a negative count leaves so
 * many letters off it. */
struct epo_json *epo_logic_do_substr(struct epo_logic_run *run, const struct epo_json *arguments,
                                     const struct epo_json *scope) {
    struct epo_span text = epo_logic_to_text(run, epo_logic_argument(run, arguments, 0, scope));
    int64_t letters = (int64_t)epo_text_length(text);
    int64_t from = whole(epo_logic_to_number(epo_logic_argument(run, arguments, 1, scope))),
            to = letters;
    from = from < 0 ? letters + from : from;
    from = from < 0 ? 0 : from > letters ? letters : from;
    if (epo_logic_count(arguments) > 2) {
        int64_t count = whole(epo_logic_to_number(epo_logic_argument(run, arguments, 2, scope)));
        to = count < 0 ? letters + count : from + count;
    }
    to = to < from ? from : to > letters ? letters : to;
    size_t first = letter_at(text, from), last = letter_at(text, to);
    return epo_json_text(run->pool, (struct epo_span){text.at + first, last - first});
}
