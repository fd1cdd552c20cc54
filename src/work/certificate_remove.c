/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/log.h"
#include "work/certificate.h"

/* Every key of that name, with its certificate; the authorities that nothing needs any more go too.
 */
static enum outcome remove_kept(struct certificates *all, const struct token *token,
                                const struct kept_list *list, const char *name, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    for (size_t i = 0; !out && i < list->count; i++)
        if (!strcmp(list->all[i].name, name))
            out = key_remove(token, &list->all[i].id, why);
    return out ? out : keep_prune(token, name, 1, all->errand->asker, why);
}

static bool has_any(const struct kept_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (!strcmp(list->all[i].name, name))
            return true;
    return false;
}

enum outcome certificate_remove(struct certificates *all, const char *name, const char *uri,
                                struct why *why)
{
    struct pending pending;
    token_auto *seen = NULL, *token = NULL;
    kept_list_auto list = { .count = 0 };
    enum outcome out;

    if (pending_read(all->folder, name, &pending, why)) /* damaged: the key is in the token only */
        log_line(LOG_LEVEL_ERROR, "%s", why->text);
    if ((out = certificate_look(all, uri, &seen, why)) ||
        (seen && (out = keep_list(seen, &list, why))))
        return out;
    bool is_there = seen;
    token_close(&seen);
    if (is_there && (has_any(&list, name) || pending.step != STEP_NONE)) {
        if ((out = certificate_unlock(all, uri, &token, why)) ||
            (pending.step != STEP_NONE && (out = key_remove(token, &pending.key, why))) ||
            (out = remove_kept(all, token, &list, name, why)))
            return out;
    }
    return pending_forget(all->folder, name, why);
}
