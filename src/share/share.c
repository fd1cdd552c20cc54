/* SPDX-License-Identifier: MIT */
#include "share/share.h"

#include "share/gvfs.h"

#define TABLE "/etc/fstab"

const char *share_way_name(enum share_way way)
{
    static const char *const names[] = { "", "gvfs", "mount" };

    return names[way];
}

enum outcome share_look(const struct share *share, const struct tool_limits *limits,
                        struct share_place *place, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    *place = (struct share_place){ .way = SHARE_BY_MOUNT, .is_mounted = true };
    if (table_find(TABLE, share->url, share->mount_point, &place->entry) &&
        table_is_mounted(&place->entry))
        return OUTCOME_OK;
    *place = (struct share_place){ .way = SHARE_BY_NOBODY };
    if (!*share->mount_point)
        out = gvfs_is_mounted(share->url, limits, &place->is_mounted, why);
    if (place->is_mounted)
        place->way = SHARE_BY_GVFS;
    return out;
}

enum outcome share_choose(const struct share *share, const struct tool_limits *limits,
                          struct share_place *place, struct why *why)
{
    enum outcome out = OUTCOME_OK;

    *place = (struct share_place){ .way = SHARE_BY_GVFS };
    if (!*share->mount_point && !(out = gvfs_check(limits, why)))
        return OUTCOME_OK;
    if (out && why->reason != REASON_CANNOT_MOUNT)
        return out;
    place->way = SHARE_BY_MOUNT;
    if (table_find(TABLE, share->url, share->mount_point, &place->entry))
        return OUTCOME_OK;
    place->way = SHARE_BY_NOBODY;
    if (*share->mount_point)
        return fail(why, REASON_CANNOT_MOUNT,
                    "no entry of " TABLE " mounts //%s/%s at %s as type cifs, with user and "
                    "sec=krb5",
                    share->url->server, share->url->path, share->mount_point);
    return out;
}

/* After what was tried: somebody else may have been quicker, and it may not be so though it is
 * told. */
static enum outcome look_again(const struct share *share, const struct tool_limits *limits,
                               bool wanted, enum outcome tried, struct share_place *place,
                               struct why *why)
{
    struct share_place then;
    struct why unseen;

    if (tried == OUTCOME_BUSY || tried == OUTCOME_CANCELLED ||
        share_look(share, limits, &then, &unseen))
        return tried;
    place->is_mounted = then.is_mounted;
    if (then.is_mounted == wanted)
        return OUTCOME_OK;
    return tried ? tried
                 : fail(why, REASON_SHARE_FAILED, "%s says that it is done, but it is not",
                        share_way_name(place->way));
}

enum outcome share_mount(const struct share *share, const struct tool_limits *limits,
                         struct share_place *place, struct why *why)
{
    enum outcome out = place->way == SHARE_BY_GVFS ? gvfs_mount(share->url, limits, why)
                                                   : table_mount(&place->entry, limits, why);

    return look_again(share, limits, true, out, place, why);
}

enum outcome share_unmount(const struct share *share, const struct tool_limits *limits,
                           struct share_place *place, struct why *why)
{
    enum outcome out = place->way == SHARE_BY_GVFS ? gvfs_unmount(share->url, limits, why)
                                                   : table_unmount(&place->entry, limits, why);

    return look_again(share, limits, false, out, place, why);
}
