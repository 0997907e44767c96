#include <ctype.h>
#include <strings.h>

#include "view/program.h"

/* A small reader of HTML as our templates write it. It has to notice where a value would not be
 * held by quotes or would be read as script; it is not a parser for foreign documents. */

static void add(char *name, size_t size, char c) {
    size_t len = strlen(name);
    if (len + 1 < size) {
        name[len] = (char)tolower((unsigned char)c);
        name[len + 1] = '\0';
    }
}

static bool starts(struct epo_span text, size_t at, const char *with) {
    size_t len = strlen(with);
    return text.len - at >= len && strncasecmp(text.at + at, with, len) == 0;
}

static void tag_byte(struct epo_html *html, char c) {
    if (html->reading_tag) {
        if (isalnum((unsigned char)c) || c == '-' || c == '/') {
            add(html->tag, sizeof(html->tag), c);
            return;
        }
        html->reading_tag = false;
    }
    if (c == '>') {
        bool raw = strcmp(html->tag, "script") == 0 || strcmp(html->tag, "style") == 0;
        html->state = raw ? EPO_HTML_RAW_SCRIPT : EPO_HTML_TEXT;
    } else if (c == '"' || c == '\'') {
        html->state = c == '"' ? EPO_HTML_DOUBLE : EPO_HTML_SINGLE;
        html->empty_value = true;
        html->in_name = false;
    } else if (isspace((unsigned char)c) || c == '/') {
        html->in_name = false;
    } else if (c != '=') {
        if (!html->in_name)
            html->attribute[0] = '\0';
        html->in_name = true;
        add(html->attribute, sizeof(html->attribute), c);
    }
}

static size_t text_byte(struct epo_html *html, struct epo_span text, size_t at) {
    if (starts(text, at, "<!--")) {
        html->state = EPO_HTML_COMMENT;
        return 4;
    }
    if (text.at[at] == '<') {
        *html = (struct epo_html){.state = EPO_HTML_TAG, .reading_tag = true};
    }
    return 1;
}

void epo_html_advance(struct epo_html *html, struct epo_span text) {
    for (size_t i = 0; i < text.len;) {
        char c = text.at[i];
        size_t step = 1;
        switch (html->state) {
        case EPO_HTML_TEXT:
            step = text_byte(html, text, i);
            break;
        case EPO_HTML_TAG:
            tag_byte(html, c);
            break;
        case EPO_HTML_DOUBLE:
        case EPO_HTML_SINGLE:
            if (html->empty_value && strcmp(html->tag, "script") == 0 &&
                strcmp(html->attribute, "type") == 0)
                html->json = starts(text, i, "application/ld+json\"");
            html->empty_value = false;
            if (c == (html->state == EPO_HTML_DOUBLE ? '"' : '\''))
                html->state = EPO_HTML_TAG;
            break;
        case EPO_HTML_COMMENT:
            if (starts(text, i, "-->")) {
                html->state = EPO_HTML_TEXT;
                step = 3;
            }
            break;
        case EPO_HTML_RAW_SCRIPT:
            if (starts(text, i, "</"))
                *html = (struct epo_html){.state = EPO_HTML_TAG, .reading_tag = true};
            break;
        }
        i += step;
    }
}
