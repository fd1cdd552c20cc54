/* SPDX-License-Identifier: MIT */
#include "idp/client.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "net/fields.h"

static bool is_printable(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] < ' ' || bytes[i] > '~')
            return false;
    return length > 0;
}

enum outcome client_read_secret(const char *path, struct secret **secret, struct why *why)
{
    secret_auto *read = NULL;
    enum outcome out = file_read_secret(AT_FDCWD, path, CLIENT_SECRET_MOST, geteuid(), &read, why);

    if (!out && !read)
        out = fail(why, REASON_BAD_SETTING, "%s is not there", path);
    if (!out && !is_printable(secret_peek(read), secret_length(read)))
        out = fail(why, REASON_BAD_SETTING, "%s: expected one line of printable ASCII", path);
    if (out)
        return fail_in(why, "client_secret_file");
    *secret = read;
    read = NULL;
    return OUTCOME_OK;
}

struct secret *client_proof(const char *client, const struct secret *secret)
{
    size_t length = 3 * (strlen(client) + secret_length(secret)) + 1;
    secret_auto *pair = secret_new(length);
    struct secret *proof = pair ? secret_new(BASE64_TEXT(length)) : NULL;

    if (!proof)
        return NULL;
    fields_append(pair, client, strlen(client));
    (void)secret_append(pair, ":", 1);
    fields_append(pair, secret_peek(secret), secret_length(secret));
    base64_encode(secret_peek(pair), secret_length(pair), secret_space(proof));
    secret_grow(proof, BASE64_TEXT(secret_length(pair)) - 1);
    return proof;
}
