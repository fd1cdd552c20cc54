/* SPDX-License-Identifier: MIT
 *
 * keep softhsm|tpm token|make|sign|store|list|remove: one step of a certificate in the person's own
 * token, whose PIN is at standard input, as a process of its own. The id of the key is remembered
 * in the file id of the working folder; what is signed goes to request.pem, what is stored comes
 * from certificate.pem.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cert/csr.h"
#include "cert/keep.h"
#include "cert/tpm.h"

enum { PIN_MOST = 64, FILE_MOST = 64 << 10 };

static bool never(struct asker *asker)
{
    (void)asker;
    return false;
}

static void quiet(struct asker *asker, const char *line)
{
    (void)asker;
    (void)line;
}

static struct asker nobody = { .step = quiet, .cancelled = never };

static enum outcome remembered(int folder, struct key_id *id, struct why *why)
{
    text_auto *text = NULL;
    enum outcome out = file_read(folder, "id", KEY_ID_TEXT, geteuid(), &text, why);

    return out || (text && key_id_parse(text_peek(text), id))
               ? out
               : fail(why, REASON_NO_KEY, "none is remembered");
}

static enum outcome make(int folder, struct token *token, struct why *why)
{
    struct key_request request = { .kind = CERT_KEY_P256, .name = "bench" };
    char text[KEY_ID_TEXT];
    enum outcome out = key_new_id(&request.id, why);

    key_id_text(&request.id, text);
    if (out || (out = key_make(token, &request, &nobody, why)))
        return out;
    return file_write(folder, "id", text, strlen(text), why);
}

static enum outcome sign(int folder, const struct token *token, const struct key_id *id,
                         struct why *why)
{
    const struct cert_person person = { .dn = "CN=alice", .upn = "alice@ad.lab.test" };
    text_auto *pem = NULL;
    enum outcome out = csr_make(token, id, &person, NULL, &pem, why);

    return out ? out : file_write(folder, "request.pem", text_peek(pem), text_length(pem), why);
}

static enum outcome store(int folder, const struct token *token, const struct key_id *id,
                          struct why *why)
{
    text_auto *pem = NULL;
    struct chain chain = { .count = 0 };
    enum outcome out = file_read(folder, "certificate.pem", FILE_MOST, geteuid(), &pem, why);

    if (out || !pem || (out = chain_read(text_peek(pem), text_length(pem), &chain, why)))
        return out ? out : fail(why, REASON_NO_CERTIFICATE, "certificate.pem");
    out = keep_chain(token, id, "bench", &chain, &nobody, why);
    chain_free(&chain);
    return out;
}

static enum outcome list(const struct token *token, struct why *why)
{
    kept_list_auto kept = { .count = 0 };
    enum outcome out = keep_list(token, &kept, why);

    return out || kept.count ? out : fail(why, REASON_NO_CERTIFICATE, "none is listed");
}

static enum outcome act(const char *action, const struct token_place *place,
                        const struct secret *pin, struct why *why)
{
    bool lists = !strcmp(action, "list");
    token_auto *token = NULL;
    struct key_id id;
    enum outcome out = token_open(place, lists ? NULL : pin, &nobody, &token, why);

    if (out)
        return out;
    if (lists)
        return list(token, why);
    if (!strcmp(action, "make"))
        return make(place->folder, token, why);
    if ((out = remembered(place->folder, &id, why)))
        return out;
    return !strcmp(action, "sign")     ? sign(place->folder, token, &id, why)
           : !strcmp(action, "store")  ? store(place->folder, token, &id, why)
           : !strcmp(action, "remove") ? key_remove(token, &id, why)
                                       : fail(why, REASON_BAD_REQUEST, "%s", action);
}

int main(int count, char **words)
{
    secret_auto *pin = secret_new(PIN_MOST);
    fd_auto folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool in_tpm = count == 3 && !strcmp(words[1], "tpm");
    const struct token_place place = { "", folder, in_tpm ? TOKEN_TPM : TOKEN_SOFTHSM };
    char uri[TOKEN_URI];
    struct tpm tpm;
    struct why why;
    ssize_t length;
    enum outcome out;

    if (count != 3 || !pin || folder < 0 ||
        (length = read(STDIN_FILENO, secret_space(pin), secret_room(pin))) <= 0)
        return 2;
    secret_grow(pin, (size_t)length);
    if (strcmp(words[2], "token") != 0)
        out = act(words[2], &place, pin, &why);
    else if (!in_tpm || !(out = tpm_prepare(&tpm, &why)))
        out = token_make(folder, place.kind, pin, false, &nobody, uri, &why);
    if (out)
        (void)fprintf(stderr, "%s: %s\n", reason_word(why.reason), why.text);
    return outcome_exit_status(out);
}
