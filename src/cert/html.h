/* SPDX-License-Identifier: MIT
 *
 * Within cert: a page of HTML as a row of tags, texts and scripts. Comments are passed over.
 * Nothing is understood of how tags belong together.
 */
#ifndef CERT_HTML_H
#define CERT_HTML_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that are borrowed and not yet read. */
struct html {
    const char *at, *end;
};

enum html_kind { HTML_TEXT, HTML_TAG, HTML_SCRIPT };

struct html_piece {
    enum html_kind kind;
    const char *begin, *end; /* the text, what is between < and >, or what the script says */
    const char *id;          /* of a tag, not ended by NUL; NULL: it has none */
    size_t id_length;
};

/* The next one; false at the end. What is cut off within a tag is not there. */
bool html_next(struct html *html, struct html_piece *piece);

/* Appends a text, with its entities decoded and each run of blanks as one, to a string of so many
 * bytes; what has no room is left out. */
void html_add_text(const struct html_piece *piece, char *string, size_t size);

#endif
