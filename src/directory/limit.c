/* SPDX-License-Identifier: MIT */
#include "directory/limit.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"

enum { POLL_MS = 100, LAYER = LBER_SBIOD_LEVEL_PROVIDER + 1 };

/* False, and errno, if there is no point in trying again. */
static bool wait_for(Sockbuf_IO_Desc *layer, short events)
{
    struct limit *limit = layer->sbiod_pvt;
    struct pollfd wait = { .events = events };

    if (errno == EINTR)
        return true;
    if (errno != EAGAIN || ber_sockbuf_ctrl(layer->sbiod_sb, LBER_SB_OPT_GET_FD, &wait.fd) != 1)
        return false;
    for (;;) {
        long left = limit->end_ms - clock_ms();
        if (poll(&wait, 1, left > POLL_MS ? POLL_MS : left > 0 ? (int)left : 0) > 0)
            return true;
        limit->is_over = asker_check(limit->asker, &limit->why);
        if (!limit->is_over && left <= 0)
            limit->is_over = fail(&limit->why, REASON_TIME_OUT, "no answer in time");
        if (limit->is_over) {
            errno = ETIMEDOUT;
            return false;
        }
    }
}

static ber_slen_t read_patiently(Sockbuf_IO_Desc *layer, void *bytes, ber_len_t size)
{
    struct limit *limit = layer->sbiod_pvt;
    ber_slen_t n;

    while ((n = LBER_SBIOD_READ_NEXT(layer, bytes, size)) < 0)
        if (!wait_for(layer, POLLIN))
            break;
    if (n <= 0 && !limit->is_over)
        limit->is_over = fail(&limit->why, REASON_CONNECTION_LOST, "the connection was lost");
    return n;
}

static ber_slen_t write_patiently(Sockbuf_IO_Desc *layer, void *bytes, ber_len_t size)
{
    ber_slen_t n;

    while ((n = LBER_SBIOD_WRITE_NEXT(layer, bytes, size)) < 0)
        if (!wait_for(layer, POLLOUT))
            break;
    return n;
}

static int set_up(Sockbuf_IO_Desc *layer, void *limit)
{
    layer->sbiod_pvt = limit;
    return 0;
}

static int pass_on(Sockbuf_IO_Desc *layer, int option, void *value)
{
    return LBER_SBIOD_CTRL_NEXT(layer, option, value);
}

static Sockbuf_IO patience = {
    .sbi_setup = set_up,
    .sbi_ctrl = pass_on,
    .sbi_read = read_patiently,
    .sbi_write = write_patiently,
};

bool limit_begin(LDAP *handle, struct limit *limit)
{
    Sockbuf *buffer = NULL;

    return !ldap_get_option(handle, LDAP_OPT_SOCKBUF, &buffer) &&
           !ber_sockbuf_add_io(buffer, &patience, LAYER, limit);
}

void limit_end(LDAP *handle)
{
    Sockbuf *buffer = NULL;

    if (!ldap_get_option(handle, LDAP_OPT_SOCKBUF, &buffer))
        (void)ber_sockbuf_remove_io(buffer, &patience, LAYER);
}
