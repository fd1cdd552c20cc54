/* SPDX-License-Identifier: MIT
 *
 * A sign-in on another device (RFC 8628).
 */
#include <stdio.h>

#include "base/clock.h"
#include "net/wait.h"
#include "work/cloud.h"

/* Waits as long as the provider wants between two questions, or before the next one. */
static enum outcome wait_for_device(struct cloud *cloud, const struct device *device,
                                    const char *page, int wait_s, struct why *why)
{
    int64_t wanted_s = wait_s > device->interval_s ? wait_s : device->interval_s;
    char prompt[400];
    const struct question question = {
        .kind = QUESTION_WAIT,
        .name = "device",
        .prompt = prompt,
        .page = page,
        .seconds = (int)(wanted_s < QUESTION_WAIT_MOST_S ? wanted_s : QUESTION_WAIT_MOST_S),
    };
    secret_auto *nothing = NULL;

    if (page)
        (void)snprintf(prompt, sizeof prompt,
                       "Sign in on this or another device, and check that it shows the code %s:",
                       device->user_code);
    else
        (void)snprintf(prompt, sizeof prompt, "Waiting until you have signed in there (%s)",
                       device->user_code);
    return asker_ask(cloud->errand->asker, &question, &nothing, why);
}

static enum outcome poll_device(struct cloud *cloud, struct device *device, struct tokens *tokens,
                                struct why *why)
{
    const char *page = *device->whole_url ? device->whole_url : device->url;
    long end_ms = clock_ms() + device->expires_s * 1000;
    bool pending = true;
    enum outcome out;

    while (pending) {
        if (clock_ms() > end_ms)
            return fail(why, REASON_DEVICE_EXPIRED, "the code of %s", cloud->discovery.issuer);
        if ((out = wait_for_device(cloud, device, page, tokens->wait_s, why)))
            return out;
        page = NULL;
        out = grant_device_poll(cloud_grant(cloud), device, &pending, tokens, why);
        if (out && !wait_may_help(why->reason))
            return out;
        if (out)
            pending = true;
    }
    return OUTCOME_OK;
}

enum outcome cloud_by_device(struct cloud *cloud, struct why *why)
{
    const struct cloud_check check = { .nonce = NULL };
    device_auto device = { .code = NULL };
    tokens_auto tokens = { .access = NULL };
    enum outcome out;

    if ((out = grant_device(cloud_grant(cloud), &device, why)) ||
        (out = poll_device(cloud, &device, &tokens, why)) ||
        (out = cloud_take(cloud, &tokens, &check, why)))
        return out;
    cloud_keep(cloud, &tokens, NULL);
    return OUTCOME_OK;
}
