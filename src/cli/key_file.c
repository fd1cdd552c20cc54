/* SPDX-License-Identifier: MIT */
#include "cli/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum outcome key_file_begin(const char *path, int *fd, struct why *why)
{
    *fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return *fd < 0
               ? fail(why, REASON_CANNOT_WRITE, "%s: %s", path,
                      errno == EEXIST ? "it is there already; name another file" : strerror(errno))
               : OUTCOME_OK;
}

static enum outcome write_key(const char *path, int fd, const struct secret *key, struct why *why)
{
    size_t length = secret_length(key);

    return write(fd, secret_peek(key), length) != (ssize_t)length || fsync(fd)
               ? fail(why, REASON_CANNOT_WRITE, "%s: %s", path, strerror(errno))
               : OUTCOME_OK;
}

enum outcome key_file_end(const char *path, int *fd, const struct message *result, enum outcome out,
                          struct why *why)
{
    secret_auto *key = out ? NULL : message_secret(result, SLOT_EXPORTED_KEY);

    if (!out)
        out = key ? write_key(path, *fd, key, why)
                  : fail(why, REASON_PROTOCOL, "the worker gave no key");
    fd_close(fd);
    if (out)
        (void)unlink(path);
    return out;
}
