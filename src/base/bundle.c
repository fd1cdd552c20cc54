/* SPDX-License-Identifier: MIT */
#include "base/bundle.h"

#include <stddef.h>
#include <unistd.h>

static const char *const bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
};

const char *bundle_path(void)
{
    for (size_t i = 0; i < sizeof bundles / sizeof *bundles; i++)
        if (!access(bundles[i], R_OK))
            return bundles[i];
    return bundles[0];
}
