/* SPDX-License-Identifier: MIT
 *
 * For certsrv-enrol.test: asks for a certificate. Usage: enrol-ask CA_FILE CCACHE|- HOST_OR_URL
 * submit TEMPLATE REQUEST.der | fetch NUMBER FILE | chain NUMBER FILE. Prints what came of it:
 * "issued 17", "pending 17", "denied 17 WORDS", or the reason, the text and, of submit, sent or
 * not. Its reader of pages is good enough for a server that means well. Exit status as the command.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cert/enrol.h"

enum { BUDGET_MS = 10000, REQUEST_MOST = 1 << 20 };

static void step(struct asker *asker, const char *line)
{
    (void)asker, (void)line;
}

static bool cancelled(struct asker *asker)
{
    (void)asker;
    return false;
}

static struct asker asker = { .step = step, .cancelled = cancelled };

static void read_file(const char *path, char *text)
{
    FILE *file = fopen(path, "r");

    if (!file)
        exit(2);
    text[fread(text, 1, REQUEST_MOST, file)] = '\0';
    (void)fclose(file);
}

static void write_file(const char *path, const struct chain *chain)
{
    FILE *file = fopen(path, "w");

    for (unsigned i = 0; file && i < chain->count; i++) {
        gnutls_datum_t pem;
        if (gnutls_x509_crt_export2(chain->all[i], GNUTLS_X509_FMT_PEM, &pem) ||
            fwrite(pem.data, 1, pem.size, file) != pem.size)
            exit(2);
        gnutls_free(pem.data);
    }
    if (!file || fclose(file))
        exit(2);
}

static enum outcome run(const struct enrol *enrol, char **argv, struct cert_answer *answer,
                        bool *sent, struct why *why)
{
    static char request[REQUEST_MOST + 1];
    chain_auto chain = { .count = 0 };

    if (!strcmp(argv[0], "submit")) {
        read_file(argv[2], request);
        return enrol_submit(enrol, request, argv[1], answer, sent, why);
    }
    enum outcome out = enrol_fetch(enrol, (unsigned)strtoul(argv[1], NULL, 10),
                                   !strcmp(argv[0], "chain"), answer, &chain, why);
    if (!out && chain.count)
        write_file(argv[2], &chain);
    return out;
}

int main(int argc, char **argv)
{
    static const char *const dispositions[] = { "issued", "pending", "denied", "failed" };
    negotiate_auto *ticket = NULL;
    https_auto *https = NULL;
    char base[URL_MOST];
    struct why why = { 0 };
    struct cert_answer answer = { 0 };
    bool sent = false;
    enum outcome out;

    if (argc != 7)
        return 2;
    if (!(out = https_open(argv[1], "", &https, &why)) &&
        !(out = enrol_base(argv[3], base, &why)) &&
        (!strcmp(argv[2], "-") || !(out = negotiate_open(argv[2], false, &ticket, &why)))) {
        const struct enrol enrol = {
            .https = https, .ticket = ticket, .base = base, .asker = &asker, .budget_ms = BUDGET_MS
        };
        out = run(&enrol, argv + 4, &answer, &sent, &why);
    }
    if (out)
        (void)printf("%s: %s: %s\n", reason_word(why.reason), why.text, sent ? "sent" : "not sent");
    else
        (void)printf("%s %u %s\n", dispositions[answer.disposition], answer.request,
                     answer.message);
    return outcome_exit_status(out);
}
