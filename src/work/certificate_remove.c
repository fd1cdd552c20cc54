/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/log.h"
#include "work/certificate.h"

/* Every key of that name, with its certificate; the authorities that nothing needs any more go too.
 */
static enum outcome remove_kept(struct certificates *all, const char *name, const char *uri,
                                struct why *why)
{
    const struct kept_list *list;
    enum outcome out = certificate_kept(all, uri, &list, why);
    const struct token *token = all->token;

    for (size_t i = 0; !out && list && i < list->count; i++)
        if (!strcmp(list->all[i].name, name))
            out = key_remove(token, &list->all[i].id, why);
    return out ? out : keep_prune(token, name, 1, NULL, all->errand->asker, why);
}

enum outcome certificate_remove(struct certificates *all, const char *name, const char *place,
                                struct why *why)
{
    struct pending pending;
    const struct kept_list *list;
    struct token *token;
    enum outcome out;

    if (pending_read(all->folder, name, &pending, why)) /* damaged: the key is in the token only */
        log_line(LOG_LEVEL_ERROR, "%s", why->text);
    if ((out = certificate_kept(all, place, &list, why)))
        return out;
    if (list && (certificate_is_kept(list, name) || pending.step != STEP_NONE)) {
        if ((out = certificate_unlock(all, place, &token, why)) ||
            (pending.step != STEP_NONE && (out = key_remove(token, &pending.key, why))) ||
            (out = remove_kept(all, name, place, why)))
            return out;
    }
    certificate_changed(all);
    return pending_forget(all->folder, name, why);
}
