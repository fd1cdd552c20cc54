/* SPDX-License-Identifier: MIT */
#include "cert/certsrv.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "cert/html.h"

enum { TEXT_MOST = 1024, REQUEST_DIGITS = 9 };

/* Elements that mean something. A label stands before the text that it is of. */
enum element {
    ELEMENT_DENIED,
    ELEMENT_REASON,
    ELEMENT_NEW,
    ELEMENT_REQUEST,
    ELEMENT_DISPOSITION,
    ELEMENT_MESSAGE,
    ELEMENT_STATUS,
    ELEMENTS
};

static const struct {
    const char *id;
    bool is_label;
} elements[ELEMENTS] = {
    [ELEMENT_DENIED] = { "locDenied", false },
    [ELEMENT_REASON] = { "locInfoReqIDandReason", false },
    [ELEMENT_NEW] = { "locInfoNewReq", false },
    [ELEMENT_REQUEST] = { "locInfoReqID", false },
    [ELEMENT_DISPOSITION] = { "locDispLabel", true },
    [ELEMENT_MESSAGE] = { "locDispMsgLabel", true },
    [ELEMENT_STATUS] = { "locLastStatLabel", true },
};

struct page {
    bool seen[ELEMENTS];
    char text[ELEMENTS][TEXT_MOST];
    unsigned link;  /* the request whose certificate it points to; 0: none */
    bool two_links; /* to different ones */
};

static enum element element_of(const struct html_piece *tag)
{
    int i = 0;

    while (i < ELEMENTS && (strlen(elements[i].id) != tag->id_length ||
                            strncasecmp(elements[i].id, tag->id, tag->id_length) != 0))
        i++;
    return (enum element)i;
}

/* A number from 1 that these bytes begin with; 0: none, or far too large a one. */
static unsigned number(const char *at, const char *end, size_t *digits)
{
    unsigned value = 0;

    for (*digits = 0; at < end && isdigit((unsigned char)*at); at++, ++*digits)
        if (*digits < REQUEST_DIGITS)
            value = value * 10 + (unsigned)(*at - '0');
    return *digits <= REQUEST_DIGITS ? value : 0;
}

/* In a tag or a script; ReqID=CACert, the CA's own, has no number. */
static void find_links(const struct html_piece *piece, struct page *page)
{
    static const char address[] = "certnew.cer?ReqID=";
    size_t length = sizeof address - 1, digits;

    for (const char *at = piece->begin; (size_t)(piece->end - at) > length; at++) {
        if ((*at | 0x20) != 'c' || strncasecmp(at, address, length) != 0)
            continue;
        unsigned request = number(at + length, piece->end, &digits);
        const char *behind = at + length + digits;
        if (!request || behind == piece->end || *behind != '&')
            continue;
        page->two_links = page->two_links || (page->link && page->link != request);
        page->link = request;
    }
}

/* The text of an element goes on to the next one that has an id. */
static void read_page(const char *bytes, size_t length, struct page *page)
{
    struct html html = { bytes, bytes + length };
    enum element now = ELEMENTS;
    struct html_piece piece;
    bool is_behind_label = false;

    *page = (struct page){ .link = 0 };
    while (html_next(&html, &piece)) {
        if (piece.kind == HTML_TEXT) {
            if (now < ELEMENTS && (!elements[now].is_label || is_behind_label))
                html_add_text(&piece, page->text[now], TEXT_MOST);
            continue;
        }
        find_links(&piece, page);
        is_behind_label = true;
        if (piece.kind != HTML_TAG || !piece.id)
            continue;
        now = element_of(&piece);
        is_behind_label = false;
        if (now < ELEMENTS && page->seen[now])
            now = ELEMENTS; /* the first one counts */
        else if (now < ELEMENTS)
            page->seen[now] = true;
    }
}

/* The first number of a text that is not part of a word, like 0x80094800 is. */
static unsigned first_number(const char *text)
{
    size_t digits = 0;

    for (const char *at = text; *at; at++)
        if (isdigit((unsigned char)*at) && (at == text || !isalnum((unsigned char)at[-1]))) {
            unsigned value = number(at, at + strlen(at), &digits);
            if (!isalpha((unsigned char)at[digits]))
                return value;
        }
    return 0;
}

static unsigned long find_code(const char *text)
{
    for (const char *at = text; (at = strstr(at, "0x")); at += 2)
        if (strspn(at + 2, "0123456789abcdefABCDEF") == 8)
            return strtoul(at, NULL, 16);
    return 0;
}

/* What stands within the quotes, if there are any. */
static void take_message(const char *text, struct cert_answer *answer)
{
    const char *begin = strchr(text, '"'), *end = begin ? strrchr(begin + 1, '"') : NULL;
    size_t length;

    if (begin)
        text = begin + 1;
    length = end ? (size_t)(end - text) : strlen(text);
    while (length && *text == ' ')
        text++, length--;
    while (length && text[length - 1] == ' ')
        length--;
    (void)snprintf(answer->message, sizeof answer->message, "%.*s", (int)length, text);
    text_clean(answer->message);
    if (!answer->code)
        answer->code = find_code(answer->message);
}

/* The page of an error has the number of a disposition: 2 denied, 3 issued, 5 pending. */
static void take_error(const struct page *page, struct cert_answer *answer)
{
    unsigned number = first_number(page->text[ELEMENT_DISPOSITION]);

    answer->disposition = number == 2   ? DISPOSITION_DENIED
                          : number == 5 ? DISPOSITION_PENDING
                                        : DISPOSITION_FAILED;
    answer->code = find_code(page->text[ELEMENT_STATUS]);
    take_message(page->text[ELEMENT_MESSAGE], answer);
    if (!*answer->message)
        take_message(page->text[ELEMENT_STATUS], answer);
}

static enum outcome take_denied(const struct page *page, struct cert_answer *answer)
{
    answer->disposition = DISPOSITION_DENIED;
    answer->request = first_number(page->text[ELEMENT_REASON]);
    take_message(page->text[ELEMENT_REASON], answer);
    return OUTCOME_OK;
}

static enum outcome check_size(size_t length, struct why *why)
{
    if (length > CERTSRV_PAGE_MOST)
        return fail(why, REASON_BAD_ANSWER, "a page of %zu bytes", length);
    return OUTCOME_OK;
}

enum outcome certsrv_submitted(const char *bytes, size_t length, struct cert_answer *answer,
                               struct why *why)
{
    struct page page;

    *answer = (struct cert_answer){ .disposition = DISPOSITION_FAILED };
    if (check_size(length, why))
        return reason_outcome(why->reason);
    read_page(bytes, length, &page);
    bool denied = page.seen[ELEMENT_DENIED] || page.seen[ELEMENT_REASON];
    bool pending = page.seen[ELEMENT_NEW] || page.seen[ELEMENT_REQUEST];
    if (page.two_links || (page.link && denied) || (denied && pending))
        return fail(why, REASON_BAD_ANSWER, "the page says two things");
    if (page.link) {
        answer->disposition = DISPOSITION_ISSUED;
        answer->request = page.link;
        return OUTCOME_OK;
    }
    if (denied)
        return take_denied(&page, answer);
    if (pending) {
        answer->disposition = DISPOSITION_PENDING;
        answer->request = first_number(page.text[ELEMENT_REQUEST]);
        if (!answer->request)
            return fail(why, REASON_BAD_ANSWER, "the request waits, but has no number");
        return OUTCOME_OK;
    }
    if (!page.seen[ELEMENT_DISPOSITION] && !page.seen[ELEMENT_STATUS])
        return fail(why, REASON_BAD_ANSWER, "it is no page of certsrv");
    take_error(&page, answer);
    if (answer->disposition == DISPOSITION_PENDING) /* without its number */
        answer->disposition = DISPOSITION_FAILED;
    return OUTCOME_OK;
}

enum outcome certsrv_fetched(const char *bytes, size_t length, unsigned request,
                             struct cert_answer *answer, struct chain *chain, struct why *why)
{
    struct page page;

    *answer = (struct cert_answer){ .disposition = DISPOSITION_ISSUED, .request = request };
    if (!chain_read(bytes, length, chain, why))
        return OUTCOME_OK;
    answer->disposition = DISPOSITION_FAILED;
    if (check_size(length, why))
        return reason_outcome(why->reason);
    read_page(bytes, length, &page);
    if (!page.seen[ELEMENT_DISPOSITION] && !page.seen[ELEMENT_STATUS])
        return fail(why, REASON_BAD_ANSWER, "it is neither a certificate nor a page of certsrv");
    take_error(&page, answer);
    return OUTCOME_OK;
}
