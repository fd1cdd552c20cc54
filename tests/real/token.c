/* SPDX-License-Identifier: MIT
 *
 * For token.test and certificate-faults.test. Usage: token-ask make FOLDER: prints PIN and URI;
 * then, with the PIN on standard input: key FOLDER KIND: prints id and request; keep FOLDER ID
 * CERTIFICATE AUTHORITY: prints the URIs of certificate and key; steal FOLDER URI: prints a line
 * for each private key of ours, with the ways that get it out. Without a PIN: plant FOLDER LABEL
 * COUNT CERTIFICATE: so many objects of that label, each with an id that no key has, or if the
 * label ends with a star, with a public key of its own. FOLDER is for the lock.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "cert/csr.h"
#include "cert/keep.h"
#include "cert/key_find.h"
#include "cert/plant.h"
#include "cert/receipt.h"
#include "cert/ways.h"

static const struct cert_person alice = { .dn = "CN=Alice Example,DC=corp,DC=example",
                                          .upn = "alice@corp.example" };
static struct why why;

static void step(struct asker *asker, const char *line)
{
    (void)asker;
    (void)fprintf(stderr, "%s\n", line);
}

static bool never(struct asker *asker)
{
    (void)asker;
    return false;
}

static struct asker nobody = { .step = step, .cancelled = never };

static enum outcome make(int folder)
{
    secret_auto *pin = NULL;
    char uri[TOKEN_URI];
    enum outcome out;

    if ((out = token_pin(&pin, &why)) ||
        (out = token_make(folder, TOKEN_SOFTHSM, pin, false, &nobody, uri, &why)))
        return out;
    (void)printf("%s\n%s\n", secret_peek(pin), uri);
    return OUTCOME_OK;
}

static enum outcome make_key(struct token *token, const char *kind)
{
    struct key_request request = { .name = "wifi" };
    text_auto *pem = NULL;
    char id[KEY_ID_TEXT];
    enum outcome out;

    if (!cert_key_parse(kind, &request.kind))
        return OUTCOME_USAGE;
    if ((out = key_new_id(&request.id, &why)) || (out = key_make(token, &request, &nobody, &why)) ||
        (out = csr_make(token, &request.id, &alice, NULL, &pem, &why)))
        return out;
    key_id_text(&request.id, id);
    (void)printf("%s\n%s", id, text_peek(pem));
    return OUTCOME_OK;
}

static enum outcome read_file(const char *name, struct chain *chain)
{
    text_auto *text = NULL;
    enum outcome out = file_read(AT_FDCWD, name, CHAIN_BYTES_MOST, (uid_t)-1, &text, &why);

    if (out || !text)
        return out ? out : OUTCOME_USAGE;
    return chain_read(text_peek(text), text_length(text), chain, &why);
}

static enum outcome keep(struct token *token, char *const *arguments)
{
    chain_auto came = { .count = 0 }, trusted = { .count = 0 }, kept = { .count = 0 };
    struct receipt receipt = { .authorities = &trusted, .person = &alice, .now = time(NULL) };
    char certificate[TOKEN_URI], key[TOKEN_URI];
    struct key_id id;
    enum outcome out;

    if (!key_id_parse(arguments[0], &id))
        return OUTCOME_USAGE;
    if ((out = read_file(arguments[1], &came)) || (out = read_file(arguments[2], &trusted)) ||
        (out = key_public(token, &id, &receipt.key, &why)))
        return out;
    if (!(out = receipt_check(&receipt, &came, &kept, &why)) &&
        !(out = keep_chain(token, &id, "wifi", &kept, &nobody, &why)) &&
        !(out = keep_uri(token, &id, KEEP_CERTIFICATE, certificate, &why)) &&
        !(out = keep_uri(token, &id, KEEP_KEY, key, &why)))
        (void)printf("%s\n%s\n", certificate, key);
    gnutls_pubkey_deinit(receipt.key);
    return out;
}

static enum outcome steal(const struct token *token)
{
    objects_auto objects = { .count = 0 };
    enum outcome out = key_find(token, CKO_PRIVATE_KEY, NULL, &objects, &why);

    for (size_t i = 0; !out && i < objects.count; i++) {
        if (!object_is_ours(token, objects.all[i], NULL))
            continue;
        (void)printf("key");
        for (size_t way = 0; way < WAYS; way++)
            if (ways[way].gets_out(token, objects.all[i]))
                (void)printf(": %s", ways[way].name);
        (void)printf("\n");
    }
    return out;
}

static enum outcome plant_some(int folder, char *const *arguments)
{
    char *label = arguments[0], *star = strchr(label, '*');
    chain_auto chain = { .count = 0 };
    token_auto *token = NULL;
    enum outcome out;

    if (star)
        *star = '\0';
    if ((out = token_open(&(struct token_place){ "", folder }, NULL, &nobody, &token, &why)) ||
        (out = read_file(arguments[2], &chain)))
        return out;
    for (long left = strtol(arguments[1], NULL, 10); !out && left > 0; left--)
        out = plant(token, chain.all[0], label, star, &why);
    return out;
}

static enum outcome with_token(int folder, int argc, char **argv)
{
    bool steals = argc == 4 && !strcmp(argv[1], "steal");
    secret_auto *pin = secret_new(256);
    token_auto *token = NULL;
    enum outcome out;

    ssize_t n = pin ? read(STDIN_FILENO, secret_space(pin), 256) : -1;
    if (n < 1)
        return OUTCOME_USAGE;
    secret_grow(pin, (size_t)n);
    if ((out = token_open(&(struct token_place){ steals ? argv[3] : "", folder }, pin, &nobody,
                          &token, &why)))
        return out;
    return steals      ? steal(token)
           : argc == 4 ? make_key(token, argv[3])
           : argc == 6 ? keep(token, argv + 3)
                       : OUTCOME_USAGE;
}

int main(int argc, char **argv)
{
    fd_auto folder = argc > 2 ? open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    enum outcome out = folder < 0                               ? OUTCOME_USAGE
                       : argc == 3                              ? make(folder)
                       : argc == 6 && !strcmp(argv[1], "plant") ? plant_some(folder, argv + 3)
                                                                : with_token(folder, argc, argv);

    if (out)
        (void)fprintf(stderr, "%s: %s\n", reason_word(why.reason), why.text);
    return out ? 1 : 0;
}
