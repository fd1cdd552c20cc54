/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "cert/names.h"
#include "cert/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct cert_person alice = { "CN=Alice Example,OU=Staff,DC=corp,DC=example",
                                          "alice@corp.example", "alice.example@corp.example",
                                          "S-1-5-21-1-2-3-1105" };

/* For the key that it is for, whichever that is: never believed, as nobody is trusted. */
static void receive(const struct chain *came)
{
    chain_auto nobody = { .count = 0 }, kept = { .count = 0 };
    struct receipt receipt = { .authorities = &nobody, .person = &alice, .now = time(NULL) };
    struct why why = { 0 };

    if (gnutls_pubkey_init(&receipt.key))
        return;
    if (!gnutls_pubkey_import_x509(receipt.key, came->all[0], 0) &&
        (!receipt_check(&receipt, came, &kept, &why) || kept.count ||
         !text_is_clean(why.text, strlen(why.text))))
        __builtin_trap();
    gnutls_pubkey_deinit(receipt.key);
}

/* One that is taken for Alice's says something of her. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    chain_auto chain = { .count = 0 };
    struct why why;

    if (chain_read(data, size, &chain, &why))
        return 0;
    receive(&chain);
    for (unsigned i = 0; i < chain.count; i++) {
        gnutls_datum_t der = { 0 };
        bool is_hers = !names_check(chain.all[i], &alice, &why);
        if (gnutls_x509_crt_export2(chain.all[i], GNUTLS_X509_FMT_DER, &der))
            continue;
        for (unsigned k = 0; k < der.size; k++) /* letters of either case are the same */
            der.data[k] |= der.data[k] >= 'A' && der.data[k] <= 'Z' ? 0x20 : 0;
        if (is_hers && !memmem(der.data, der.size, "alice", 5) &&
            !memmem(der.data, der.size, "s-1-5-21-1-2-3-1105", 19))
            __builtin_trap();
        gnutls_free(der.data);
    }
    return 0;
}
