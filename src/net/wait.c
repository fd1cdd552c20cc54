/* SPDX-License-Identifier: MIT */
#include "net/wait.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const int64_t number_most = INT64_C(1) << 40;

/* A number of digits alone; -1: it is none. */
static int64_t number(const char *text)
{
    size_t digits = text ? strspn(text, "0123456789") : 0;

    if (!digits || text[digits])
        return -1;
    int64_t value = strtoll(text, NULL, 10);
    return value < number_most ? value : number_most;
}

time_t wait_date(const char *date)
{
    /* A date begins with the name of a day; curl_getdate would take less, too. */
    bool is_date = date && *date >= 'A' && *date <= 'Z';

    return is_date ? curl_getdate(date, NULL) : -1;
}

static int bounded(int64_t seconds)
{
    return seconds < 1 ? 1 : seconds > WAIT_MOST ? WAIT_MOST : (int)seconds;
}

int wait_seconds(const char *retry_after, const char *rate_limit_reset, const char *date)
{
    int64_t seconds = number(retry_after), reset = number(rate_limit_reset);
    time_t until = wait_date(retry_after), now = wait_date(date);

    if (now == -1)
        now = time(NULL);
    if (seconds >= 0)
        return bounded(seconds);
    if (until != -1)
        return bounded((int64_t)until - now);
    return reset >= 0 ? bounded(reset - now) : 0;
}

bool wait_may_help(enum reason reason)
{
    return reason == REASON_SERVER_BUSY || reason == REASON_TIME_OUT ||
           reason == REASON_CONNECTION_LOST || reason == REASON_NO_SERVER;
}
