/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "idp/okta_walk.h"

enum { MACHINE_ID = 64, SHA256_SIZE = 32 };

/* The computer's own id is not to leave it (machine-id(5)). */
void okta_device_token(char token[OKTA_DEVICE_TOKEN + 1])
{
    fd_auto fd = open("/etc/machine-id", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    unsigned char digest[SHA256_SIZE];
    char machine[MACHINE_ID], text[80];
    ssize_t n = fd < 0 ? -1 : read(fd, machine, sizeof machine);

    token[0] = '\0';
    (void)snprintf(text, sizeof text, "org.chatelaine okta device %u", (unsigned)getuid());
    if (n < OKTA_DEVICE_TOKEN ||
        gnutls_hmac_fast(GNUTLS_MAC_SHA256, machine, (size_t)n, text, strlen(text), digest))
        return;
    for (size_t i = 0; i < OKTA_DEVICE_TOKEN / 2; i++)
        (void)snprintf(token + 2 * i, 3, "%02x", digest[i]);
}
