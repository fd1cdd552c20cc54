/* SPDX-License-Identifier: MIT */
#include "cert/soap.h"

#include <gnutls/crypto.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

enum { UUID = 16, FRAME_MOST = 4096, LOGIN_MOST = 16 << 10, WORD_MOST = 128, TIME = 32 };
enum { LONGEST_ESCAPE = 6, LIFE_S = 300 };

#define ENVELOPE   "http://www.w3.org/2003/05/soap-envelope"
#define ADDRESSING "http://www.w3.org/2005/08/addressing"
#define PLAIN_WORD                                                                                 \
    "http://docs.oasis-open.org/wss/2004/01/"                                                      \
    "oasis-200401-wss-username-token-profile-1.0#PasswordText"

static bool add(struct secret *to, const char *text)
{
    return secret_append(to, text, strlen(text));
}

static bool add_escaped(struct secret *to, const char *text, size_t length)
{
    static const struct {
        char c;
        const char *as;
    } escapes[] = {
        { '&', "&amp;" }, { '<', "&lt;" }, { '>', "&gt;" }, { '"', "&quot;" }, { '\'', "&apos;" }
    };
    bool good = true;

    for (size_t i = 0; good && i < length; i++) {
        const char *as = NULL;
        for (size_t j = 0; j < sizeof escapes / sizeof *escapes; j++)
            if (escapes[j].c == text[i])
                as = escapes[j].as;
        good = as ? add(to, as) : secret_append(to, text + i, 1);
    }
    return good;
}

enum outcome soap_login(const char *user, const struct secret *password, struct secret **login,
                        struct why *why)
{
    secret_auto *made = secret_new(LOGIN_MOST);
    size_t length = strlen(user);

    if (!made)
        return fail_memory(why);
    if (!length || !text_is_clean(user, length))
        return fail(why, REASON_BAD_NAME, "that name cannot be told in XML");
    if (!text_is_clean(secret_peek(password), secret_length(password)))
        return fail(why, REASON_BAD_PASSWORD, "it cannot be told in XML");
    if (!add(made, "<o:UsernameToken><o:Username>") || !add_escaped(made, user, length) ||
        !add(made, "</o:Username><o:Password Type=\"" PLAIN_WORD "\">") ||
        !add_escaped(made, secret_peek(password), secret_length(password)) ||
        !add(made, "</o:Password></o:UsernameToken>"))
        return fail(why, REASON_BAD_PASSWORD, "it is too long");
    *login = made;
    made = NULL;
    return OUTCOME_OK;
}

/* RFC 4122 4.4 */
static bool new_id(char id[SOAP_ID])
{
    unsigned char b[UUID];

    if (gnutls_rnd(GNUTLS_RND_NONCE, b, sizeof b))
        return false;
    b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
    (void)snprintf(id, SOAP_ID,
                   "urn:uuid:%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                   b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
                   b[13], b[14], b[15]);
    return true;
}

static void write_time(time_t at, char text[TIME])
{
    struct tm parts = { 0 };

    (void)gmtime_r(&at, &parts);
    (void)strftime(text, TIME, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

/* The services of Windows want a time beside the password. */
static bool add_security(struct secret *to, const struct secret *login)
{
    char begin[TIME], end[TIME], stamp[FRAME_MOST];
    time_t now = time(NULL);

    write_time(now, begin);
    write_time(now + LIFE_S, end);
    (void)snprintf(stamp, sizeof stamp,
                   "<o:Security s:mustUnderstand=\"1\" xmlns:o=\"%s\"><u:Timestamp xmlns:u=\"%s\">"
                   "<u:Created>%s</u:Created><u:Expires>%s</u:Expires></u:Timestamp>",
                   SOAP_WSSE, SOAP_WSU, begin, end);
    return add(to, stamp) && secret_append(to, secret_peek(login), secret_length(login)) &&
           add(to, "</o:Security>");
}

enum outcome soap_write(const struct soap_request *request, char id[SOAP_ID],
                        struct secret **message, struct why *why)
{
    size_t to_length = strlen(request->to);
    size_t room = (size_t)2 * FRAME_MOST + strlen(request->body) + to_length * LONGEST_ESCAPE +
                  (request->login ? secret_length(request->login) : 0);
    secret_auto *made = secret_new(room);
    char head[FRAME_MOST];

    if (!made || !new_id(id))
        return fail_memory(why);
    (void)snprintf(head, sizeof head,
                   "<s:Envelope xmlns:s=\"%s\" xmlns:a=\"%s\"><s:Header>"
                   "<a:Action s:mustUnderstand=\"1\">%s</a:Action><a:MessageID>%s</a:MessageID>"
                   "<a:ReplyTo><a:Address>" ADDRESSING "/anonymous</a:Address></a:ReplyTo>"
                   "<a:To s:mustUnderstand=\"1\">",
                   ENVELOPE, ADDRESSING, request->action, id);
    if (!add(made, head) || !add_escaped(made, request->to, to_length) || !add(made, "</a:To>") ||
        (request->login && !add_security(made, request->login)) ||
        !add(made, "</s:Header><s:Body xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">") ||
        !add(made, request->body) || !add(made, "</s:Body></s:Envelope>"))
        return fail(why, REASON_BROKEN, "a message is too long");
    *message = made;
    made = NULL;
    return OUTCOME_OK;
}

/* What is behind the prefix, which each server chooses. */
static bool is_word(const xml_node *value, const char *word)
{
    char text[WORD_MOST];

    if (!xml_word(value, text, sizeof text))
        return false;
    const char *colon = strrchr(text, ':');
    return !strcmp(colon ? colon + 1 : text, word);
}

static void take_fault(const xml_node *from, struct soap_fault *fault)
{
    const xml_node *code = xml_child(from, ENVELOPE, "Code"),
                   *below = xml_child(code, ENVELOPE, "Subcode"),
                   *reason = xml_child(from, ENVELOPE, "Reason");

    fault->is_there = true;
    fault->is_ours = is_word(xml_child(code, ENVELOPE, "Value"), "Sender");
    fault->is_login = is_word(xml_child(below, ENVELOPE, "Value"), "FailedAuthentication");
    fault->detail = xml_child(from, ENVELOPE, "Detail");
    if (!xml_text(xml_child(reason, ENVELOPE, "Text"), fault->text, sizeof fault->text))
        (void)snprintf(fault->text, sizeof fault->text, "it does not say why");
}

/* A fault of a message that could not be read answers none. */
enum outcome soap_read(const struct xml *xml, const char *id, const xml_node **body,
                       struct soap_fault *fault, struct why *why)
{
    const xml_node *envelope = xml_root(xml, ENVELOPE, "Envelope"),
                   *head = xml_child(envelope, ENVELOPE, "Header"),
                   *inside = xml_child(envelope, ENVELOPE, "Body"),
                   *relates = xml_child(head, ADDRESSING, "RelatesTo"),
                   *found = xml_child(inside, ENVELOPE, "Fault");
    char to[WORD_MOST];

    *fault = (struct soap_fault){ .is_there = false };
    *body = inside;
    if (!inside)
        return fail(why, REASON_BAD_ANSWER, "the answer is no SOAP 1.2");
    if (!relates && !found)
        return fail(why, REASON_BAD_ANSWER, "the answer does not say to what");
    if (relates && (!xml_word(relates, to, sizeof to) || strcmp(to, id) != 0))
        return fail(why, REASON_BAD_ANSWER, "the answer is to another message");
    if (found)
        take_fault(found, fault);
    return OUTCOME_OK;
}
